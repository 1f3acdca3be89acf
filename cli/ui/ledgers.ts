import { hasCode } from '../../lib/errors.ts';
import { type ArchivePage, listArchives } from '../../lib/run/query/archives.ts';
import { type FailureGroup, failuresOf } from '../../lib/run/query/page/failures.ts';
import { type Overview, readOverview } from '../../lib/run/query/page/overview.ts';
import { policyBackups } from '../../lib/run/query/phone-backups.ts';
import { readRunState } from '../../lib/run/query/runs/get-run.ts';
import type { PhoneBackup, PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import type { RunView } from '../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../lib/visible.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding/finding.ts';
import type { Io } from '../io/io.ts';
import { connect, type Session } from '../sign-in/connect.ts';
import { createMemory, type Remember } from './remember.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ARCHIVES = 50;

/** A ledger as the page reads it. All texts are `visible`. What was read stays for some seconds, so that nobody can cause many reads. */
export type Ledger = {
  name: string;
  overview(): Promise<Overview>;
  /** What failed in a run, by cause; nothing for a run that is not known. */
  failures(runId: string): Promise<FailureGroup[]>;
  run(runId: string): Promise<RunView | undefined>;
  phones(policy: PolicyStatus): Promise<PhoneBackup[]>;
  archives(phoneId: string, after?: string): Promise<ArchivePage>;
  checks(): Promise<Finding[]>;
  /** What the last checks found; undefined before they have ended. Starts them. */
  lastChecks(): Finding[] | undefined;
};

/** Returns the ledger of the settings and credentials in the environment of `io`. Signs in when it is first read. */
export function createLedger(io: Io, name: string, stage: string): Ledger {
  const { clock } = io;
  const remember = createMemory(clock.now);
  const session = signedIn(io, remember);
  let last: Finding[] | undefined;
  const checks = async (): Promise<Finding[]> =>
    (last = await remember('checks', 10 * MINUTE, async () =>
      visibleAll(await examine(io, { ...CHECKS, stage, versions: process.versions })),
    ));
  return {
    name,
    overview: () =>
      remember('overview', 5 * SECOND, () =>
        session(async ({ deps }) => visibleAll(await readOverview(deps, clock.now()))),
      ),
    failures: (runId) =>
      remember(`failures ${runId}`, MINUTE, () =>
        session(async ({ deps }) => {
          const reader = await readRunState(deps.store, runId, clock.now());
          return visibleAll(failuresOf((await reader?.phones()) ?? []));
        }),
      ),
    run: (runId) =>
      remember(`run ${runId}`, 5 * SECOND, () =>
        session(async ({ deps }) => {
          const reader = await readRunState(deps.store, runId, clock.now());
          return reader && visibleAll(await reader.view());
        }),
      ),
    phones: (policy) =>
      // Backups change when a run settles, and become late when a slot has ended.
      remember(phonesKey(policy), 10 * MINUTE, () =>
        session(async ({ deps }) =>
          visibleAll(await policyBackups(deps.store, policy, clock.now())),
        ),
      ),
    archives: (phone, after = '') =>
      remember(`archives ${phone} ${after}`, MINUTE, () =>
        session(async ({ deps }) => {
          const more = after === '' ? {} : { after };
          return visibleAll(
            await listArchives(deps.store, { phone, max: ARCHIVES, ...more }).catch(orNone),
          );
        }),
      ),
    checks,
    lastChecks: () => {
      // They are shown when they have ended; what they fail with is shown by the page of the checks.
      void checks().catch(() => undefined);
      return last;
    },
  };
}

const CHECKS = {
  ...{ write: false, phoneId: undefined, path: '/data/local/tmp' },
  interrupted: new AbortController().signal,
};

/** Returns a function that hands the session to `work`, and signs in again after the credentials were refused. */
function signedIn(io: Io, remember: Remember) {
  let attempt = 0;
  return async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const used = attempt;
    try {
      return await work(await remember(`session ${used}`, 30 * MINUTE, () => connect(io)));
    } catch (error) {
      if (hasCode(error, 'credentials_refused') && used === attempt) attempt += 1;
      throw error;
    }
  };
}

const phonesKey = ({ policy, last_run, late_before }: PolicyStatus): string =>
  ['phones', policy, last_run?.run_id, late_before].join(' ');

function orNone(error: unknown): ArchivePage {
  if (hasCode(error, 'not_found')) return { archives: [] };
  throw error;
}
