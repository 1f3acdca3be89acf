import type { Clock } from '../../lib/clock.ts';
import { PhonevaultError } from '../../lib/errors.ts';
import { scrub } from '../../lib/cloud/request/redact.ts';
import { failed, type Finding, unknown, verdictOf } from './finding.ts';

export type Check = {
  name: string;
  /** How long it may take; what is under way then is left to itself. */
  limitMs?: number;
  run(): Promise<Finding[]>;
};

const LIMIT_MS = 60_000;

/** Runs a check to its findings, whatever becomes of it. Never rejects. */
export async function within(check: Check, clock: Clock): Promise<Finding[]> {
  const { name, limitMs = LIMIT_MS, run } = check;
  const done = new AbortController();
  const late = clock.sleep(limitMs, done.signal).then((): Finding[] => {
    const text = `not found out within ${Math.round(limitMs / 1_000)} s`;
    return [{ check: name, ...unknown(text, 'run it again; PHONEVAULT_DEBUG=1 shows the calls') }];
  });
  try {
    return await Promise.race([run().catch((error: unknown) => caught(name, error)), late]);
  } finally {
    done.abort();
  }
}

function caught(name: string, error: unknown): Finding[] {
  if (error instanceof PhonevaultError) return [{ check: name, ...verdictOf(error) }];
  // A foreign error's message may hold anything: its name has to do.
  const what = scrub(error instanceof Error ? error.name : typeof error, 64);
  const fix = 'this is a fault of the check: report it, with PHONEVAULT_DEBUG=1';
  return [{ check: name, ...failed(`unexpected ${what}`, fix) }];
}
