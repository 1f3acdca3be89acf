import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { sha256hex } from '../../lib/ledger/store/digest.ts';
import { layout, readPolicyKey } from '../../lib/ledger/store/layout.ts';
import { listRuns } from '../../lib/run/query/runs/list-runs.ts';
import type { Io } from '../io/io.ts';
import { cacheFolder, connect, type Session } from '../sign-in/connect.ts';

export const valueKinds = ['policies', 'runs', 'phones'] as const;
export type ValueKind = (typeof valueKinds)[number];

const MAX = 100;
const FRESH_MS = 30_000;
/** Refused keys must not be sent at every press of Tab: five bad signatures in a row lock a key. */
const FAILED_MS = 10 * 60_000;
/** A shell expands the words of a completion. Others are typed by hand. */
const SAFE = /^[\w.-]{1,65}$/;

const cachedSchema = z.object({
  at: z.number(),
  identity: z.string(),
  values: z.array(z.string()).optional(),
});

/** Returns the names or ids that begin with `prefix`, of the deployment in the environment; none where that fails. */
export async function completionValues(io: Io, kind: ValueKind, prefix: string): Promise<string[]> {
  const folder = cacheFolder(io);
  const file = join(folder, `completion-${kind}.json`);
  const failed = join(folder, 'completion-failed.json');
  const settings = ['REGION', 'PROJECT_ID', 'BUCKET', 'PREFIX'].map(
    (name) => io.env[`PHONEVAULT_${name}`],
  );
  const who = [...settings, io.env.HUAWEICLOUD_SDK_AK, io.env.HW_USER_NAME, io.env.OS_USERNAME];
  const identity = sha256hex(JSON.stringify(who));
  const recall = async (path: string, own: string, ms: number) => {
    const known = await readCached(path);
    const isOwn = known?.identity === own && io.clock.now() - known.at < ms;
    return isOwn ? known : undefined;
  };
  const keep = async (path: string, own: string, values?: string[]) => {
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
    const text = JSON.stringify({ at: io.clock.now(), identity: own, values });
    await writeFile(path, text, { mode: 0o600 }).catch(() => undefined);
  };

  const asked = `${identity}/${prefix}`;
  const known = await recall(file, asked, FRESH_MS);
  if (known?.values !== undefined) return known.values;
  if ((await recall(failed, identity, FAILED_MS)) !== undefined) return [];
  try {
    const read = await readValues(await connect(io), kind, prefix);
    const values = read.filter((one) => SAFE.test(one) && one.startsWith(prefix)).slice(0, MAX);
    await keep(file, asked, values);
    return values;
  } catch {
    await keep(failed, identity);
    return [];
  }
}

async function readCached(path: string) {
  try {
    return cachedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function readValues({ deps }: Session, kind: ValueKind, prefix: string): Promise<string[]> {
  if (kind === 'policies') {
    const objects = await deps.store.list(layout.policies);
    return objects.flatMap(({ key }) => readPolicyKey(key) ?? []);
  }
  if (kind === 'runs') {
    const { runs } = await listRuns(deps.store, { max: MAX }, deps.clock.now());
    return runs.map(({ run_id }) => run_id);
  }
  const name = prefix === '' ? {} : { name: prefix };
  const { phones } = await deps.cph.listPhones({ offset: 0, limit: MAX, ...name });
  return phones.map(({ phone_name }) => phone_name);
}
