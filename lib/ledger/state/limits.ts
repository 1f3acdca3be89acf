import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const paceFields = {
  calls_per_minute: z.number().int().min(1),
  /** The smallest number of calls a minute that was refused. */
  refused_rate: z.number().int().optional(),
  /** The calls a minute before a refused number was tried again. */
  tried_from: z.number().int().optional(),
  /** How often calls were refused at about this limit. */
  refusals: z.number().int().optional(),
  throttled_at: z.number().optional(),
  grown_at: z.number().optional(),
  /** A refusal that no limit explains yet: after how many accepted calls of a minute, when, and how often in a row of many. */
  unexplained: z
    .object({ calls: z.number().int(), at: z.number(), rows: z.number().int() })
    .optional(),
  /** How many calls in a row were refused, those apart that were on their way at the time. */
  refused_in_row: z.number().int().optional(),
  /** No call is sent before this time. */
  blocked_until: z.number(),
  /** When the calls of the last minute were sent. Includes refused calls, which the service counts too. */
  recent: z.array(z.number()),
  /** Those of them that were refused. */
  refused: z.array(z.number()).optional(),
};

const sizeFields = {
  phones_per_call: z.number().int().min(1),
  /** The largest accepted batch. */
  accepted_size: z.number().int().optional(),
  /** The smallest batch that was refused as too large, when, and how many were refused since a smaller one was accepted first. */
  refused_size: z.number().int().optional(),
  refused_size_at: z.number().optional(),
  refused_sizes: z.number().int().optional(),
};

const limitsObject = ledgerObject({
  key: () => layout.limits,
  version: 1,
  schema: z.object({
    ...sizeFields,
    /** Of the calls that are no exports. */
    sizes: z
      .partialRecord(z.enum(['command', 'restore', 'restart', 'reset']), z.object(sizeFields))
      .optional(),
    ...paceFields,
    /** How many exports a server bears at the same time. */
    in_flight: z
      .object({
        /** How many may be in flight. */
        most: z.number().int().min(1),
        /** The most that did not make exports slower. Less than `most` while that is tried. */
        good: z.number().int().min(1),
        /** The fewest that did. */
        bad: z.number().int().optional(),
        /** Exports since then (epoch ms) show how `most` does. */
        since: z.number(),
        /** Within what time a tenth of the exports ended before the load was raised, in ms. */
        base_ms: z.number().optional(),
        /** The share of exports that failed before. */
        failing: z.number().optional(),
      })
      .optional(),
    /** The average time of an export, in ms. */
    export_ms: z.number().int().min(1).optional(),
    /** All calls that only read, counted together. */
    reads: z.object({
      ...paceFields,
      /** Since when the service has refused every read. */
      refused_since: z.number().optional(),
      /** The reads by what they are for: their latest calls, and when one had to wait last. */
      kinds: z
        .partialRecord(
          z.enum(['jobs', 'phones', 'fleet']),
          z.object({ recent: z.array(z.number()), denied_at: z.number().optional() }),
        )
        .optional(),
    }),
  }),
});

/** The learned limits of CPH: for batch-storage and the other calls that change phones, and for reads. Times in epoch ms. */
export type Limits = ContentOf<typeof limitsObject>;

/** Low starting values: CPH documents none of these limits. */
export const initialLimits: Limits = {
  phones_per_call: 10,
  calls_per_minute: 8,
  blocked_until: 0,
  recent: [],
  reads: { calls_per_minute: 40, blocked_until: 0, recent: [] },
};

/** Exports of a server in flight before more was learned: what every server takes. */
export const FIRST_IN_FLIGHT = 4;

/** Returns whether a response of the service has confirmed or changed the initial limits. */
export function isLearned(limits: Limits): boolean {
  const { phones_per_call, calls_per_minute } = initialLimits;
  return (
    limits.phones_per_call !== phones_per_call ||
    limits.calls_per_minute !== calls_per_minute ||
    limits.refused_size !== undefined ||
    limits.throttled_at !== undefined
  );
}

/** Returns the learned limits. A cache: when it is lost, the initial limits. */
export async function readLimits(store: Pick<Store, 'get'>): Promise<Limits> {
  return (await limitsObject.readCache(store)) ?? initialLimits;
}

export const writeLimits = limitsObject.put;
