import { expect, it } from 'vitest';
import { readLog } from '../../lib/ledger/run/log/log.ts';
import { readPlan } from '../../lib/ledger/run/plan.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import { requestRestore } from '../../lib/run/request/request-restore.ts';
import { night, NIGHTLY } from '../../testing/night.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const PHONES = 1_000;
const SERVERS = 20;
/** What CPH accepts in a call is hidden. */
const INFOS_PER_CALL = 40;
const AT_ONCE_PER_SERVER = 4;

it('one archive reaches 1,000 phones in calls that CPH accepts, a few phones of a server at once', async () => {
  const scene = await night({
    ...{ phones: PHONES, servers: SERVERS, seed: 3 },
    limits: { restoreInfosPerCall: INFOS_PER_CALL },
  });
  const { control } = scene.cloud;
  const running = (await control.phones()).filter(({ status }) => status === 2);
  const version = ({ image_version }: { image_version: string }) =>
    Number(image_version.replace('AOSP ', ''));
  const [oldest] = [...running].sort((a, b) => version(a) - version(b));
  const source = oldest!.phone_id;
  await scene.putPolicy(NIGHTLY.replace('name: "*"', `phones: [${source}]`));
  await scene.settle(await scene.requestRun());

  const { deps } = scene.invocation();
  const targets = running.map(({ phone_id }) => ({ phone: phone_id, source }));
  const { runId } = await requestRestore(deps, {
    ...{ token: 't', trigger: 'manual' },
    order: { targets, safety_export: false, restart: true, checks: false },
  });
  const { report } = await scene.settle(runId, 600);

  expect(report.counts).toMatchObject({ restored: targets.length, failed: 0 });
  expect(await mostAtOnce(deps.store, runId)).toBeLessThanOrEqual(AT_ONCE_PER_SERVER);
  const { ok = 0, refused = 0 } = control.calls().cph?.['batch-restore'] ?? {};
  expect(ok).toBeGreaterThanOrEqual(targets.length / INFOS_PER_CALL);
  // Smaller calls are found once, not for each call.
  expect(refused).toBeLessThan(10);
});

/** Returns the largest number of jobs that one server had at once. */
async function mostAtOnce(store: Store, runId: string): Promise<number> {
  const plan = await readPlan(store, runId);
  const serverOf = new Map(plan?.phones.map((phone) => [phone.phone_id, phone.server_id]));
  const changes = (await readLog(store, runId)).flatMap((event) => {
    if (event.type !== 'accepted' && event.type !== 'ended') return [];
    return [{ ...event, change: event.type === 'accepted' ? 1 : -1 }];
  });
  const jobs = new Map<string, number>();
  let most = 0;
  for (const { phone_id, change } of changes.sort((a, b) => a.at - b.at || a.change - b.change)) {
    const server = serverOf.get(phone_id) ?? '';
    const now = (jobs.get(server) ?? 0) + change;
    jobs.set(server, now);
    most = Math.max(most, now);
  }
  return most;
}
