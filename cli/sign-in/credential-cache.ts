import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { reveal, type Secret, secret } from '../../lib/secret.ts';

const word = z.string().min(1).max(65_536);

const hidden = z.codec(word, z.custom<Secret>(), { decode: secret, encode: reveal });

const signInSchema = z.object({
  token: hidden,
  accessKey: word,
  secretKey: hidden,
  securityToken: hidden,
  projectId: word,
  /** When the first of token and keys expires, in epoch ms. */
  expiresAt: z.number(),
});

const fileSchema = z.object({
  version: z.literal(1),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  password: z.string().regex(/^[0-9a-f]{64}$/),
  signIn: signInSchema,
});

/** The result of a sign-in with a password. */
export type CachedSignIn = z.infer<typeof signInSchema>;

export type CredentialCache = {
  /** Returns the cached sign-in; undefined when there is none that can be trusted. Never throws. */
  read(): Promise<CachedSignIn | undefined>;
  /** Caches a sign-in for the next command, unless the file cannot be kept private. Never throws. */
  write(signIn: CachedSignIn): Promise<void>;
};

const MAX_BYTES = 256 * 1024;

/** Windows has no such owner and mode: there the user's own folder must do. */
const uid = process.getuid?.();
const isOurs = (stats: { uid: number; mode: number }) =>
  uid === undefined || (stats.uid === uid && (stats.mode & 0o077) === 0);

function digestOf(password: Secret, salt: string): Buffer {
  // Slow on purpose: a stolen file must not reveal the password.
  return scryptSync(reveal(password), Buffer.from(salt, 'hex'), 32);
}

async function readPrivate(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile() || !isOurs(stats) || stats.size > MAX_BYTES) return undefined;
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Creates the folder, private to this user. Returns false for a link or another user's folder. */
async function privateFolder(path: string): Promise<boolean> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (uid === undefined) return (await lstat(path)).isDirectory();
  const folder = await open(
    path,
    constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0),
  );
  try {
    const stats = await folder.stat();
    if (stats.uid !== uid) return false;
    if (!isOurs(stats)) await folder.chmod(0o700);
    return true;
  } finally {
    await folder.close();
  }
}

async function replace(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    // 'wx' fails on an existing file or link; the rename replaces a link, not its target.
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * Caches token and keys of one sign-in (`identity`: endpoint, account, user, project) in its own file under `dir`,
 * readable by this user only. Returns them only for the same password.
 */
export function createCredentialCache(options: {
  dir: string;
  identity: readonly string[];
  password: Secret;
}): CredentialCache {
  const { dir, identity, password } = options;
  const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  const path = join(dir, `sign-in-${name}.json`);
  return {
    async read() {
      try {
        const folder = await lstat(dir);
        if (!folder.isDirectory() || !isOurs(folder)) return undefined;
        const text = await readPrivate(path);
        if (text === undefined) return undefined;
        const cached = fileSchema.parse(JSON.parse(text));
        const same = timingSafeEqual(
          Buffer.from(cached.password, 'hex'),
          digestOf(password, cached.salt),
        );
        return same ? cached.signIn : undefined;
      } catch {
        return undefined;
      }
    },

    async write(signIn) {
      try {
        if (!(await privateFolder(dir))) return;
        const salt = randomBytes(16).toString('hex');
        const file: z.infer<typeof fileSchema> = {
          version: 1,
          salt,
          password: digestOf(password, salt).toString('hex'),
          signIn,
        };
        await replace(path, JSON.stringify(z.encode(fileSchema, file)));
      } catch {
        // The next command signs in again.
      }
    },
  };
}
