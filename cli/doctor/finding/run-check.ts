import type { Clock } from '../../../lib/clock.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { scrub } from '../../../lib/cloud/request/redact.ts';
import { failed, type Finding, unknown, type Verdict, verdictOf } from './finding.ts';

export type Check = {
  name: string;
  /** Time limit in ms; calls in progress then are abandoned. */
  limitMs?: number;
  run(): Promise<Finding[]>;
};

const LIMIT_MS = 60_000;

/** Returns a check with one finding. `limitMs` is its time limit. */
export function singleCheck(name: string, run: () => Promise<Verdict>, limitMs?: number): Check {
  return {
    name,
    ...(limitMs === undefined ? {} : { limitMs }),
    run: async () => [{ check: name, ...(await run()) }],
  };
}

/** Runs a check within its time limit. Returns its findings, or one that says why there are none. Never rejects. */
export async function runCheck(check: Check, clock: Clock): Promise<Finding[]> {
  const { name, limitMs = LIMIT_MS, run } = check;
  const done = new AbortController();
  const timeout = clock.sleep(limitMs, done.signal).then((): Finding[] => {
    const text = `no result within ${Math.round(limitMs / 1_000)} s`;
    return [{ check: name, ...unknown(text, 'run it again; PHONEVAULT_DEBUG=1 shows the calls') }];
  });
  try {
    return await Promise.race([run().catch((error: unknown) => caught(name, error)), timeout]);
  } finally {
    done.abort();
  }
}

function caught(name: string, error: unknown): Finding[] {
  if (error instanceof PhonevaultError) return [{ check: name, ...verdictOf(error) }];
  // The message of an unknown error may hold secrets: print its name only.
  const what = scrub(error instanceof Error ? error.name : typeof error, 64);
  const fix = 'this is a bug in the check: report it with the output of PHONEVAULT_DEBUG=1';
  return [{ check: name, ...failed(`unexpected ${what}`, fix) }];
}
