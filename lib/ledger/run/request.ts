import * as z from 'zod';
import { ofRun, readObject } from '../store/json.ts';
import { layout, readOpenKey } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

export const REQUEST_VERSION = 1;

export const triggers = ['timer', 'http', 'manual', 'provisioned'] as const;

/**
 * What asks for a run. Its content follows from what its id is made of and holds no clock, so that asking
 * twice writes the same bytes to the same key.
 */
export const requestSchema = z.strictObject({
  version: z.literal(REQUEST_VERSION),
  run_id: z.string().regex(/^[a-z0-9-]{1,80}$/),
  policy: z.string().regex(/^[a-z0-9-]{1,32}$/),
  trigger: z.enum(triggers),
  /** Start stamp of a timer's slot; other runs get theirs when they are planned. */
  slot: z
    .string()
    .regex(/^\d{8}T\d{6}Z$/)
    .optional(),
  /** Narrows the policy's selection to these phones. */
  phones: z.array(z.string().min(1).max(32)).min(1).max(1000).optional(),
});

export type RunRequest = z.infer<typeof requestSchema>;

/** Asks for a run: one PUT. Harmless when repeated. */
export async function putRequest(store: Pick<Store, 'put'>, request: RunRequest): Promise<void> {
  await store.put(layout.request(request.run_id), bodyOf(request));
}

/** Asks for a run unless something asks under its id already: then the caller must see what that is. */
export async function createRequest(
  store: Pick<Store, 'create'>,
  request: RunRequest,
): Promise<'created' | 'exists'> {
  return store.create(layout.request(request.run_id), bodyOf(request));
}

const bodyOf = (request: RunRequest): string => `${JSON.stringify(request)}\n`;

export type Inbox = {
  /** Run ids with the time their request was last written (epoch ms). */
  requests: { runId: string; requestedAt: number }[];
  cancels: string[];
  late: string[];
  hints: string[];
};

/** One LIST of `open/`: everything that there is to do. */
export async function listOpen(store: Pick<Store, 'list'>): Promise<Inbox> {
  const inbox: Inbox = { requests: [], cancels: [], late: [], hints: [] };
  for (const { key, lastModified } of await store.list(layout.open)) {
    const entry = readOpenKey(key);
    if (entry?.kind === 'request') {
      inbox.requests.push({ runId: entry.id, requestedAt: lastModified });
    } else if (entry?.kind === 'cancel') {
      inbox.cancels.push(entry.id);
    } else if (entry?.kind === 'late') {
      inbox.late.push(entry.id);
    } else if (entry?.kind === 'hint') {
      inbox.hints.push(entry.id);
    }
  }
  return inbox;
}

/** Reads a request; undefined when it is gone. Throws `object_newer` or `object_invalid`. */
export async function readRequest(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<RunRequest | undefined> {
  const key = layout.request(runId);
  const request = await readObject(store, requestSchema, REQUEST_VERSION, key);
  return request && ofRun(runId, key, request);
}
