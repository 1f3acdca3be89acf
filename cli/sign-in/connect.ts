import { join } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import type { Obs } from '../../lib/cloud/obs/obs.ts';
import { createMeter, type Meter } from '../../lib/run/meter.ts';
import { createClients } from '../../lib/runtime/clients.ts';
import { createLog, type Log } from '../../lib/runtime/log.ts';
import { readSettings, type Settings } from '../../lib/runtime/settings.ts';
import { type WorkDeps, workDeps } from '../../lib/runtime/work-deps.ts';
import type { Io } from '../io/io.ts';
import { signIn, type SignedIn } from './sign-in.ts';

export type Session = WorkDeps & { settings: Settings; obs: Obs };

type Options = {
  /** True when the command publishes to the topic. */
  needsTopic?: boolean;
};

/**
 * Reads the settings from the environment and signs in. Throws `setting_invalid`, which names every invalid setting, and
 * the errors of signIn.
 */
export async function signInFromEnv(
  io: Io,
  options: Options = {},
): Promise<{ settings: Settings; signedIn: SignedIn }> {
  const settings = commandSettings(io, options);
  const signedIn = await signInWithSettings(io, settings);
  return { settings: { ...settings, projectId: signedIn.projectId }, signedIn };
}

/** Signs in with the credentials of the environment, in the region of the settings. Throws the errors of signIn. */
export async function signInWithSettings(io: Io, settings: Settings): Promise<SignedIn> {
  return signIn({
    env: io.env,
    region: settings.region,
    projectId: givenProject(io),
    iamEndpoint: settings.endpoints.iam,
    clock: io.clock,
    random: io.random,
    send: io.send,
    cacheDir: cacheFolder(io),
  });
}

/** Returns the folder of what this user's commands keep for the next ones. */
export function cacheFolder({ env, home }: Pick<Io, 'env' | 'home'>): string {
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'phonevault');
}

function givenProject({ env }: Io): string | undefined {
  return env.PHONEVAULT_PROJECT_ID?.trim() || env.HUAWEICLOUD_SDK_PROJECT_ID?.trim() || undefined;
}

/** Returns everything a command needs to read the bucket and the fleet, with the user's credentials. */
export async function connect(io: Io, options: Options = {}): Promise<Session> {
  const { settings, signedIn } = await signInFromEnv(io, options);
  const { clock, random, send } = io;
  const { log, meter } = commandTools(io);
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
  return {
    settings,
    obs: clients.obs,
    ...workDeps(settings, clients, { clock, random, log, meter }),
  };
}

/** Returns the engine's log, printed only with PHONEVAULT_DEBUG, and its meter. */
export function commandTools({ env, err, clock }: Io): { log: Log; meter: Meter } {
  const isDebugging = Boolean(env.PHONEVAULT_DEBUG);
  const log = createLog((line) => (isDebugging ? err(line) : undefined), clock);
  return { log, meter: createMeter(clock) };
}

/**
 * Returns the settings of the environment. The project id may be known only after sign-in; until then it is `unknown`.
 * Throws `setting_invalid`, which names every invalid setting.
 */
export function commandSettings(io: Io, { needsTopic = false }: Options = {}): Settings {
  try {
    return readSettings(
      { getProjectID: () => givenProject(io) ?? 'unknown' },
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
