import { describe, expect, it } from 'vitest';
import { layout } from '../../lib/ledger/store/layout.ts';
import { putRequest } from '../../lib/ledger/run/request.ts';
import { readReport } from '../../lib/ledger/run/report.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import { SECOND } from '../support/drive-scene.ts';
import { driveWorld } from '../support/drive-world.ts';
import { phone } from '../support/fleet.ts';
import { eventClock } from '../support/event-clock.ts';
import { MINUTE, T0 } from '../support/runs.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const CALL_MS = 40;
const KILLED_AFTER_MS = 60 * SECOND;

const policyOf = (name: string, id: string) => `
name: ${name}
select: { phones: [${id}] }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
`;

/** Many runs of one phone each, in a cloud where each call takes 40 ms, driven every minute for 50 s. */
async function night(runs: number, { warm, minutes }: { warm: boolean; minutes: number }) {
  const clock = eventClock(T0);
  const world = driveWorld(10 * SECOND, clock);
  const { deps, store } = world;
  const ids = Array.from({ length: runs }, (_, n) => `p${n}`);
  const slow = <T extends object>(client: T): T =>
    Object.fromEntries(
      Object.entries(client).map(([name, call]) => {
        if (typeof call !== 'function') return [name, call];
        const timed = async (...args: unknown[]): Promise<unknown> => {
          await clock.sleep(CALL_MS);
          return (call as (...args: unknown[]) => unknown)(...args);
        };
        return [name, timed];
      }),
    ) as T;
  for (const [n, id] of ids.entries()) {
    const policy = `nightly-${n}`;
    await store.put(layout.policy(policy), policyOf(policy, id));
    const run_id = `${policy}-20260102t023000z`;
    await putRequest(store, { run_id, policy, trigger: 'timer', slot: '20260102T023000Z' });
  }
  deps.cph.showPhone = async (id) => phone(id);
  deps.cph.listPhones = async ({ offset, limit }) => ({
    count: runs,
    phones: ids.slice(offset, offset + limit).map((id) => phone(id)),
  });
  Object.assign(deps, {
    ...{ store: slow(store), cph: slow(deps.cph), archives: slow(deps.archives) },
    topic: slow(deps.topic),
  });
  const memory = new Map<string, OpenRun>();
  const lengths: number[] = [];
  let drives = 0;
  for (let open = runs; open > 0 && drives < minutes; drives += 1) {
    const startedAt = clock.now();
    const until = startedAt + 50 * SECOND;
    const options = { until, holder: `h${drives}`, ...(warm ? { memory } : {}) };
    open = (await world.drive(options)).open;
    lengths.push(clock.now() - startedAt);
    await clock.sleep(Math.max(0, startedAt + MINUTE - clock.now()));
  }
  const reports = await Promise.all(
    ids.map((_, n) => readReport(store, `nightly-${n}-20260102t023000z`)),
  );
  return {
    drives,
    longest: Math.max(...lengths),
    reports,
    exports: world.exports,
  };
}

describe('many open runs', () => {
  it.each([true, false])('all end, and no drive outlasts its time: 300, warm %s', async (warm) => {
    const { drives, longest, reports, exports } = await night(300, { warm, minutes: 60 });
    expect(reports.map((report) => report?.outcome)).toEqual(Array(300).fill('completed'));
    expect(exports).toHaveLength(300);
    expect(longest).toBeLessThan(KILLED_AFTER_MS);
    expect(drives).toBeLessThan(60);
  });
});
