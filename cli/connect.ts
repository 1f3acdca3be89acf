import { join } from 'node:path';
import { PhonevaultError } from '../lib/errors.ts';
import { createMeter } from '../lib/run/meter.ts';
import { createClients } from '../lib/runtime/clients.ts';
import { createLog } from '../lib/runtime/log.ts';
import { readSettings, type Settings } from '../lib/runtime/settings.ts';
import { type WorkDeps, workDeps } from '../lib/runtime/work-deps.ts';
import type { Io } from './io.ts';
import { signIn, type SignedIn } from './sign-in.ts';

export type Session = WorkDeps & { settings: Settings };

type Options = {
  /** True for what cannot be done without a topic to tell. */
  needsTopic?: boolean;
};

/**
 * Reads the settings from the environment and signs in. Throws `setting_invalid` naming every wrong setting, and what
 * signing in throws.
 */
export async function signInAs(
  io: Io,
  options: Options = {},
): Promise<{ settings: Settings; signedIn: SignedIn }> {
  const given = io.env.PHONEVAULT_PROJECT_ID?.trim() || io.env.HUAWEICLOUD_SDK_PROJECT_ID?.trim();
  const settings = settingsOf(io, given, options);
  const signedIn = await signIn({
    env: io.env,
    region: settings.region,
    projectId: given || undefined,
    iamEndpoint: settings.endpoints.iam,
    clock: io.clock,
    random: io.random,
    send: io.send,
    cacheDir: join(io.env.XDG_CACHE_HOME || join(io.home, '.cache'), 'phonevault'),
  });
  return { settings: { ...settings, projectId: signedIn.projectId }, signedIn };
}

/** Everything a command needs to look at the bucket and the fleet, with the person's credentials. */
export async function connect(io: Io, options: Options = {}): Promise<Session> {
  const { settings, signedIn } = await signInAs(io, options);
  const { clock, random, send } = io;
  const isDebugging = Boolean(io.env.PHONEVAULT_DEBUG);
  const log = createLog((line) => (isDebugging ? io.err(line) : undefined), clock);
  const meter = createMeter(clock);
  const clients = createClients({
    settings,
    credentials: signedIn.credentials,
    ...(signedIn.renew === undefined ? {} : { renew: signedIn.renew }),
    clock,
    random,
    send,
    log,
    meter,
  });
  return { settings, ...workDeps(settings, clients, { clock, random, log, meter }) };
}

/** The project may come out of signing in: until then a stand-in takes its place. */
function settingsOf(io: Io, projectId: string | undefined, { needsTopic = false }: Options) {
  try {
    return readSettings(
      { getProjectID: () => projectId ?? 'unknown' },
      { env: { ...io.env }, needsTopic },
    );
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    throw new PhonevaultError('setting_invalid', error.message, {
      hint: 'set these in the environment of this command',
      cause: error,
    });
  }
}
