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
  /** Of what lapses first, epoch milliseconds. */
  expiresAt: z.number(),
});

const fileSchema = z.object({
  version: z.literal(1),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  password: z.string().regex(/^[0-9a-f]{64}$/),
  signIn: signInSchema,
});

/** What a sign-in with a password gave. */
export type CachedSignIn = z.infer<typeof signInSchema>;

export type CredentialCache = {
  /** Undefined when nothing is kept, or nothing that may be trusted. Never throws. */
  read(): Promise<CachedSignIn | undefined>;
  /** Keeps it for the next command, or not, where that cannot be done safely. Never throws. */
  write(signIn: CachedSignIn): Promise<void>;
};

const MAX_BYTES = 256 * 1024;

/** Windows has neither owner nor mode in this sense: there the user's own folder has to do. */
const uid = process.getuid?.();
const isOurs = (stats: { uid: number; mode: number }) =>
  uid === undefined || (stats.uid === uid && (stats.mode & 0o077) === 0);

function digestOf(password: Secret, salt: string): Buffer {
  // Slow on purpose: who gets hold of the file should not also get the password.
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

/** Makes the folder, private to this user; false for a link or somebody else's folder. */
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
    // Fails on whatever is there already, a link too; the rename then replaces a link, not its target.
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
 * Keeps token and keys of one sign-in (`identity`: endpoint, account, user, project) in a file of its own under `dir`,
 * for this user only, and gives them out only for the password that they were got with.
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
        const kept = fileSchema.parse(JSON.parse(text));
        const same = timingSafeEqual(
          Buffer.from(kept.password, 'hex'),
          digestOf(password, kept.salt),
        );
        return same ? kept.signIn : undefined;
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
