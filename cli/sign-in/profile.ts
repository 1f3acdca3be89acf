import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import type { Io } from '../io/io.ts';

type Env = Io['env'];
type Profiles = Map<string, Map<string, string>>;

const NAME = /^(?:PHONEVAULT|HUAWEICLOUD_SDK|HW|OS)_[A-Z_]+$/;
const CREDENTIAL =
  /^(?:HUAWEICLOUD_SDK_(?:AK|SK|SECURITY_TOKEN)|(?:HW|OS)_\w*(?:USER|PASSWORD|DOMAIN)\w*)$/;
const MAX_BYTES = 64 * 1024;

/** Returns whether a variable is part of a user's credentials. */
export const isCredential = (name: string): boolean => CREDENTIAL.test(name);

/** Returns where the settings of the command line may lie. */
export function profileFile({ home }: Pick<Io, 'home'>): string {
  return join(home, '.phonevault', 'config');
}

/**
 * Returns the environment and, for what it does not set, the profile that PHONEVAULT_PROFILE names (`default` if unset) in
 * `~/.phonevault/config`. Credentials of the file are left out when the environment has any: two users are never mixed. Throws
 * `setting_invalid` for a file that others may read, a line that is no setting, or a profile that is missing; no error holds a value.
 */
export async function withProfile(io: Pick<Io, 'env' | 'home'>): Promise<Env> {
  const { env } = io;
  const path = profileFile(io);
  const wanted = env.PHONEVAULT_PROFILE?.trim();
  const text = await readPrivate(path);
  if (text === undefined && !wanted) return env;
  const profiles = parseProfiles(text ?? '', path);
  const profile = profiles.get(wanted || 'default');
  if (profile === undefined) {
    if (!wanted) return env;
    const known = [...profiles.keys()].join(', ') || 'none';
    throw invalid(
      `${path} has no profile ${JSON.stringify(wanted.slice(0, 64))}`,
      `it has: ${known}; set PHONEVAULT_PROFILE to one of them, or unset it`,
    );
  }
  const hasOwn = Object.keys(env).some((name) => CREDENTIAL.test(name) && env[name]?.trim());
  const added = [...profile].filter(
    ([name]) => !env[name]?.trim() && !(hasOwn && CREDENTIAL.test(name)),
  );
  return { ...env, ...Object.fromEntries(added) };
}

async function readPrivate(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0) {
    throw invalid(`others may read ${path}`, `make it yours alone: chmod 600 ${path}`);
  }
  if (stats.size > MAX_BYTES) throw invalid(`${path} is too large`, 'it may have 64 KiB');
  return readFile(path, 'utf8');
}

function parseProfiles(text: string, path: string): Profiles {
  const profiles: Profiles = new Map();
  let current: Map<string, string> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const title = /^\[([\w.-]{1,64})\]$/.exec(line)?.[1];
    if (title !== undefined) {
      current = profiles.get(title) ?? new Map<string, string>();
      profiles.set(title, current);
      continue;
    }
    const [, name = '', value = ''] = /^([A-Z_]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (current === undefined || !NAME.test(name)) {
      throw invalid(
        `line ${index + 1} of ${path} is no setting`,
        'write [default], and below it lines such as PHONEVAULT_REGION = cn-north-4',
      );
    }
    current.set(name, value);
  }
  return profiles;
}

function invalid(message: string, hint: string): PhonevaultError {
  return new PhonevaultError('setting_invalid', message, { hint });
}
