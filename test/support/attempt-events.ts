import type { RunEvent } from '../../lib/ledger/run/events.ts';
import { MINUTE, T0 } from './runs.ts';

/** An attempt of the phone p1. */
export const own = (number = 1) => ({ phone_id: 'p1', attempt: number });

export const intent = (number = 1, window = `w${number}`, at = T0): RunEvent => ({
  ...{ type: 'intent', at, window, attempts: [own(number)] },
});

export const accepted = (number = 1, at = T0): RunEvent => ({
  ...{ type: 'accepted', at, ...own(number) },
  ...{ job_id: `j${number}`, request_id: `r${number}` },
});

export const refused = (number: number, code: string, at = T0): RunEvent => ({
  ...{ type: 'refused', at, ...own(number), code },
});

export const outcomeUnknown = (number = 1, at = T0): RunEvent => ({
  ...{ type: 'outcome_unknown', at, ...own(number) },
});

export const succeeded = (number = 1): RunEvent => ({
  ...{ type: 'ended', at: T0 + MINUTE, ...own(number), result: 'succeeded' },
});

export const failed = (code: string | undefined, number = 1, at = T0 + MINUTE): RunEvent => ({
  ...{ type: 'ended', at, ...own(number), result: 'failed' },
  ...(code === undefined ? {} : { code }),
});

export const verified = (number = 1, at = T0): RunEvent => ({
  ...{ type: 'verified', at, ...own(number), size: 9_000, etag: 'e' },
});

export const rejected = (number: number, reason: string, at = T0): RunEvent => ({
  ...{ type: 'archive_rejected', at, ...own(number), reason },
});

/** An attempt whose response was lost and whose archive did not arrive. */
export const responseLost = (number: number): RunEvent[] => [
  intent(number),
  rejected(number, 'response_lost', T0 + MINUTE),
];
