import * as z from 'zod';
import { layout } from '../store/layout.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';

const foldingObject = ledgerObject({
  key: () => layout.folding,
  version: 1,
  schema: z.object({
    /** The last run that was looked at, in the order of `runs/`; empty between two passes. */
    after: z.string(),
    /** When the last pass over all runs ended (epoch ms). */
    passed_at: z.number(),
  }),
});

/** How far the folding of old runs got. A cache: lost, it begins anew. */
export type Folding = ContentOf<typeof foldingObject>;

export const { readCache: readFolding, put: writeFolding } = foldingObject;
