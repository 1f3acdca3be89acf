import { setMaxListeners } from 'node:events';
import { hasCode, PhonevaultError } from '../../lib/errors.ts';
import type { Settings } from '../../lib/runtime/settings.ts';
import { commandSettings, signInWithSettings } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { cloudChecks, cphCheck, type DoctorOptions } from './checks.ts';
import { judgeClock } from './machine/clock.ts';
import { judgeEndpoints } from './machine/endpoints.ts';
import {
  failed,
  type Finding,
  ok,
  skipped,
  unknown,
  type Verdict,
  verdictOf,
} from './finding/finding.ts';
import { judgeNode, judgeZones, type Versions } from './machine/node.ts';
import { probeEndpoints } from './machine/probe.ts';
import { withCauses } from './finding/causes.ts';
import { runCheck } from './finding/run-check.ts';
import { doctorDeps, type DoctorDeps } from './deps.ts';

const REFUSED_FIX =
  'check HUAWEICLOUD_SDK_AK and _SK, with temporary keys also _SECURITY_TOKEN (they expire after a day), and PHONEVAULT_REGION';

type Options = DoctorOptions & { versions: Versions };

const AFTER_SETTINGS = ['endpoints', 'clock', 'credentials'];
const AFTER_SIGN_IN = [
  'access_cph',
  'access_obs',
  'access_smn',
  'access_functiongraph',
  'project',
  'bucket',
  'versioning',
  'objects',
  'conditional_put',
  'archive_write',
  'delegation',
  'topic',
  'function',
  'trigger',
  'policies',
  'runs',
  'drive',
];

/** The names of all checks, in the order of the output. */
export const checkNames = ['node', 'time_zones', 'settings', ...AFTER_SETTINGS, ...AFTER_SIGN_IN];

/**
 * Checks everything that backups depend on. A check that depends on a failed one is skipped, and a finding that another explains
 * names it. Never rejects.
 */
export async function examine(io: Io, options: Options): Promise<Finding[]> {
  return withCauses(await examineAll(io, options));
}

async function examineAll(io: Io, options: Options): Promise<Finding[]> {
  const over = new AbortController();
  // Every call in progress adds a listener.
  setMaxListeners(0, over.signal);
  const machine: Finding[] = [
    { check: 'node', ...judgeNode(options.versions) },
    { check: 'time_zones', ...judgeZones(options.versions, io.clock.now()) },
  ];
  try {
    const settings = commandSettings(io);
    const good: Finding = { check: 'settings', ...settingsText(settings) };
    return [...machine, good, ...(await examineCloud(io, settings, options, over.signal))];
  } catch (error) {
    const rest = skipAll([...AFTER_SETTINGS, ...AFTER_SIGN_IN], 'fix the settings first');
    return [...machine, { check: 'settings', ...settingsProblem(error) }, ...rest];
  } finally {
    over.abort();
  }
}

async function examineCloud(
  io: Io,
  settings: Settings,
  options: Options,
  over: AbortSignal,
): Promise<Finding[]> {
  const network = await runCheck(
    { name: 'endpoints', run: () => checkNetwork(io, settings) },
    io.clock,
  );
  let signedIn: SignedIn;
  try {
    signedIn = await signInWithSettings(io, settings);
  } catch (error) {
    return [...network, ...notSignedIn(error)];
  }
  const doctor = doctorDeps(io, { ...settings, projectId: signedIn.projectId }, signedIn, over);
  const [first, refused] = await checkCph(doctor);
  // Five bad signatures in a row lock the key: do not try refused credentials elsewhere.
  if (refused !== undefined) return [...network, ...notSignedIn(refused, REFUSED_FIX)];
  const isCphOk = first.every(({ outcome }) => outcome === 'ok');
  const checks = cloudChecks(doctor, options, isCphOk);
  const rest = (await Promise.all(checks.map((check) => runCheck(check, io.clock)))).flat();
  const credentials = judgeCredentials(signedIn, [...first, ...rest]);
  return [...network, { check: 'credentials', ...credentials }, ...first, ...rest];
}

async function checkNetwork(io: Io, { endpoints, region }: Settings): Promise<Finding[]> {
  const probes = await probeEndpoints(endpoints, io);
  return [...judgeEndpoints(probes, region), { check: 'clock', ...judgeClock(probes) }];
}

/** Returns the findings at CPH, or the error when CPH refused the credentials altogether. */
async function checkCph(doctor: DoctorDeps): Promise<[Finding[], unknown]> {
  const { clients, io } = doctor;
  try {
    await clients.cph.listPhones({ offset: 0, limit: 1 });
  } catch (error) {
    const isRefused = hasCode(error, 'credentials_refused') || hasCode(error, 'clock_skew');
    if (isRefused) return [[], error];
  }
  return [await runCheck(cphCheck(doctor), io.clock), undefined];
}

/** Returns ok when at least one service accepted the credentials; other checks report the permissions. */
function judgeCredentials({ how }: SignedIn, findings: readonly Finding[]): Verdict {
  const text = how === 'keys' ? 'the access keys' : 'user and password';
  const accepted = findings.flatMap(({ check, outcome }) =>
    check.startsWith('access_') && outcome === 'ok' ? check.slice('access_'.length) : [],
  );
  return accepted.length > 0
    ? ok(`${accepted.join(', ')} accept ${text} of the environment`)
    : unknown(`no service accepted ${text} of the environment`, 'see the access checks below');
}

function notSignedIn(error: unknown, better?: string): Finding[] {
  const verdict = verdictOf(error);
  const fix =
    (hasCode(error, 'credentials_refused') ? better : undefined) ??
    verdict.fix ??
    'see docs/cli.md for how to sign in';
  return [
    { check: 'credentials', ...failed(verdict.message, fix) },
    ...skipAll(AFTER_SIGN_IN, 'no credentials are accepted'),
  ];
}

const skipAll = (names: readonly string[], why: string): Finding[] =>
  names.map((check) => ({ check, ...skipped(why) }));

function settingsText({ region, bucket, prefix }: Settings): Verdict {
  return ok(`region ${region}, ledger obs://${bucket}/${prefix}`);
}

function settingsProblem(error: unknown): Verdict {
  if (!(error instanceof PhonevaultError)) throw error;
  return failed(error.message.replaceAll('\n', '; '), error.hint ?? 'see docs/operations.md');
}
