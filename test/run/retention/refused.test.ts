import { describe, expect, it } from 'vitest';
import type { Send } from '../../../lib/cloud/request/send.ts';
import { readRetention } from '../../../lib/ledger/retention/state.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const ARCHIVES = 'archives';
const DAY = 24 * 60 * 60_000;
const PHONES = 2;
const NIGHTS = 3;
const MINUTES = 20;
const POLICY = `${NIGHTLY.replace('bucket: phonevault-demo', `bucket: ${ARCHIVES}`)}retention: { max_backups: 1 }\n`;

async function bucketWorld(): Promise<Night> {
  const world = await night({ phones: PHONES, servers: 1, seed: 5 });
  await world.cloud.backend.createBucket(ARCHIVES);
  await world.putPolicy(POLICY);
  return world;
}

/** Runs a slot, and retention after it, by drives over this network. Returns the outcome. */
async function slot(world: Night, send: Send): Promise<string | undefined> {
  const { clock } = world;
  const run = await world.requestRun();
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const next = clock.now() + 60_000;
    const { deps, timeLeft, holder } = world.invocation({}, send);
    await drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder });
    if (clock.now() < next) clock.move(next - clock.now());
    if ((await deps.store.list('open/')).length === 0) break;
  }
  const report = await readReport(world.invocation().deps.store, run);
  clock.move(DAY);
  return report?.outcome;
}

const kinds = async ({ cloud }: Night) =>
  (await cloud.control.messages()).map(({ message_structure: structure }) => {
    const { http } = JSON.parse(String(structure)) as { http: string };
    return (JSON.parse(http) as { kind: string }).kind;
  });

/** Returns a network in which OBS answers each call that deletes archives with 403. */
function withoutDeletes({ send }: Night): Send {
  const text = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
  const refusal = {
    ...{ status: 403, headers: { 'content-type': 'application/xml' } },
    body: new TextEncoder().encode(text),
  };
  return async (request) => {
    const isDelete = request.method === 'DELETE' || /[?&]delete\b/.test(request.url);
    return isDelete && request.url.includes(ARCHIVES) ? refusal : send(request);
  };
}

describe('a bucket that refuses every deletion', () => {
  it.each<[string, (world: Night) => Send]>([
    [
      'key by key',
      ({ cloud, send }) => {
        cloud.obs.traits.set(ARCHIVES, { denied: [{ action: 'DeleteObject' }] });
        return send;
      },
    ],
    ['the whole call', withoutDeletes],
  ])('lets runs settle and the next slots run, and is notified once: %s', async (_, deny) => {
    const world = await bucketWorld();
    const send = deny(world);
    for (let count = 0; count < NIGHTS; count += 1)
      expect(await slot(world, send)).toBe('completed');
    expect(await kinds(world)).toEqual(['settled', 'settled', 'prune', 'settled']);
    const { store } = world.invocation().deps;
    const last = (await readRetention(store, 'nightly'))?.last;
    expect(last).toMatchObject({ due: (NIGHTS - 1) * PHONES, deleted: 0 });
    expect(last?.refusals.map(({ code }) => code)).toEqual(
      Array.from({ length: (NIGHTS - 1) * PHONES }, () => 'AccessDenied'),
    );
    expect(await store.list('open/')).toEqual([]);
    expect(await world.cloud.backend.list(ARCHIVES, '')).toHaveLength(NIGHTS * PHONES);
  });
});
