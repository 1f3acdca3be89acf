import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keystone, startKeystone } from './keystone.ts';
import { type Radosgw, startRadosgw } from './radosgw.ts';

export type Servers = { radosgw: Radosgw; keystone: Keystone };

/** Starts both servers in a temporary folder, which goes with them. Throws with nothing left running. */
export async function startServers(): Promise<{ servers: Servers; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'phonevault-live-'));
  const started = await Promise.allSettled([startRadosgw(folder), startKeystone(folder)]);
  const stop = async (): Promise<void> => {
    for (const one of started) if (one.status === 'fulfilled') await one.value.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const [radosgw, keystone] = started;
  if (radosgw.status === 'fulfilled' && keystone.status === 'fulfilled') {
    return { servers: { radosgw: radosgw.value.facts, keystone: keystone.value.facts }, stop };
  }
  await stop();
  const faults = started.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
  throw new Error(`The live tests were NOT run: a server did not start\n${faults.join('\n')}`);
}
