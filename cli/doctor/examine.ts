import { setMaxListeners } from 'node:events';
import { hasCode, PhonevaultError } from '../../lib/errors.ts';
import type { Settings } from '../../lib/runtime/settings.ts';
import { commandSettings, signInTo } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { cloudChecks, cphCheck, type Wishes } from './checks.ts';
import { judgeClock } from './deployment/clock.ts';
import { judgeEndpoints } from './services/endpoints.ts';
import { failed, type Finding, ok, skipped, unknown, type Verdict, verdictOf } from './finding.ts';
import { judgeNode, judgeZones, type Versions } from './deployment/machine.ts';
import { probeEndpoints } from './probe.ts';
import { within } from './within.ts';
import { createWorld, type World } from './world.ts';

const REFUSED_FIX =
  'check HUAWEICLOUD_SDK_AK and _SK, with temporary keys also _SECURITY_TOKEN (they lapse after a day), and PHONEVAULT_REGION';

type Lookup = Wishes & { versions: Versions };

const AFTER_SETTINGS = ['endpoints', 'clock', 'credentials'];
const AFTER_SIGN_IN = [
  'access_cph',
  'access_obs',
  'access_smn',
  'access_functiongraph',
  'project',
  'bucket',
  'versioning',
  'conditional_put',
  'delegation',
  'topic',
  'function',
  'trigger',
  'policies',
  'runs',
  'drive',
];

/** The names of all checks, in the order in which they are told. */
export const checkNames = ['node', 'time_zones', 'settings', ...AFTER_SETTINGS, ...AFTER_SIGN_IN];

/** Looks at everything that backups rest on. What needs another thing put right first is skipped. Never rejects. */
export async function examine(io: Io, lookup: Lookup): Promise<Finding[]> {
  const over = new AbortController();
  // As many listen as there are calls under way.
  setMaxListeners(0, over.signal);
  const machine: Finding[] = [
    { check: 'node', ...judgeNode(lookup.versions) },
    { check: 'time_zones', ...judgeZones(lookup.versions, io.clock.now()) },
  ];
  try {
    const settings = commandSettings(io);
    const good: Finding = { check: 'settings', ...settingsText(settings) };
    return [...machine, good, ...(await examineCloud(io, settings, lookup, over.signal))];
  } catch (error) {
    const left = skipAll(
      [...AFTER_SETTINGS, ...AFTER_SIGN_IN],
      'the settings must be put right first',
    );
    return [...machine, { check: 'settings', ...settingsFault(error) }, ...left];
  } finally {
    over.abort();
  }
}

async function examineCloud(
  io: Io,
  settings: Settings,
  lookup: Lookup,
  over: AbortSignal,
): Promise<Finding[]> {
  const network = await within(
    { name: 'endpoints', run: () => lookAtNetwork(io, settings) },
    io.clock,
  );
  let signedIn: SignedIn;
  try {
    signedIn = await signInTo(io, settings);
  } catch (error) {
    return [...network, ...notSignedIn(error)];
  }
  const world = createWorld(io, { ...settings, projectId: signedIn.projectId }, signedIn, over);
  const [first, refused] = await lookAtCph(world);
  // Five bad signatures in a row lock the key: what was refused once is not tried elsewhere.
  if (refused !== undefined) return [...network, ...notSignedIn(refused, REFUSED_FIX)];
  const isAnswering = first.every(({ outcome }) => outcome === 'ok');
  const checks = cloudChecks(world, lookup, isAnswering);
  const rest = (await Promise.all(checks.map((check) => within(check, io.clock)))).flat();
  const credentials = judgeCredentials(signedIn, [...first, ...rest]);
  return [...network, { check: 'credentials', ...credentials }, ...first, ...rest];
}

async function lookAtNetwork(io: Io, { endpoints, region }: Settings): Promise<Finding[]> {
  const probes = await probeEndpoints(endpoints, io);
  return [
    { check: 'endpoints', ...judgeEndpoints(probes, region) },
    { check: 'clock', ...judgeClock(probes) },
  ];
}

/** The findings at CPH, or the error by which the credentials were refused altogether. */
async function lookAtCph(world: World): Promise<[Finding[], unknown]> {
  const { clients, io } = world;
  try {
    await clients.cph.listPhones({ offset: 0, limit: 1 });
  } catch (error) {
    const isRefused = hasCode(error, 'credentials_refused') || hasCode(error, 'clock_skew');
    if (isRefused) return [[], error];
  }
  return [await within(cphCheck(world), io.clock), undefined];
}

/** Good when a service has taken them for anything: what they may do is told beside it. */
function judgeCredentials({ how }: SignedIn, findings: readonly Finding[]): Verdict {
  const text = how === 'keys' ? 'the access keys' : 'user and password';
  const taken = findings.flatMap(({ check, outcome }) =>
    check.startsWith('access_') && outcome === 'ok' ? check.slice('access_'.length) : [],
  );
  return taken.length > 0
    ? ok(`${text} of the environment are taken by ${taken.join(', ')}`)
    : unknown(`no service has taken ${text} of the environment`, 'see what the services say');
}

function notSignedIn(error: unknown, better?: string): Finding[] {
  const verdict = verdictOf(error);
  const fix =
    (hasCode(error, 'credentials_refused') ? better : undefined) ??
    verdict.fix ??
    'see docs/cli.md for how to sign in';
  return [
    { check: 'credentials', ...failed(verdict.message, fix) },
    ...skipAll(AFTER_SIGN_IN, 'there are no credentials that are taken'),
  ];
}

const skipAll = (names: readonly string[], why: string): Finding[] =>
  names.map((check) => ({ check, ...skipped(why) }));

function settingsText({ region, bucket, prefix }: Settings): Verdict {
  return ok(`region ${region}, ledger obs://${bucket}/${prefix}`);
}

function settingsFault(error: unknown): Verdict {
  if (!(error instanceof PhonevaultError)) throw error;
  return failed(error.message.replaceAll('\n', '; '), error.hint ?? 'see docs/operations.md');
}
