import { expect, it } from 'vitest';
import { type Send, TransportError } from '../../../lib/cloud/request/send.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

it.each([0, 49])(
  'ends within the time of its function while PUTs of one log hang from second %d on',
  async (second) => {
    const world = await night({ phones: 2, servers: 2, seed: 3, timings: { exportBase: 20_000 } });
    const { clock } = world;
    await world.putPolicy(NIGHTLY);
    await world.putPolicy(NIGHTLY.replace('name: nightly', 'name: weekly'), 'weekly');
    const [hung, other] = [await world.requestRun(), await world.requestRun('weekly')];
    const start = clock.now();
    const send: Send = async (request) => {
      const isHung = request.method === 'PUT' && request.url.includes(layout.log(hung));
      if (!isHung || clock.now() < start + second * SECOND) return world.send(request);
      await clock.sleep(request.timeoutMs);
      throw new TransportError('timeout', true);
    };
    const lengths: number[] = [];
    for (let minute = 0; minute < 3; minute += 1) {
      const begun = clock.now();
      const { deps, timeLeft, holder } = world.invocation({}, send);
      await drive(deps, { ...driveWindow(begun, timeLeft()), holder });
      lengths.push(clock.now() - begun);
      if (clock.now() < begun + MINUTE) clock.move(begun + MINUTE - clock.now());
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(59 * SECOND);
    const { store } = world.invocation().deps;
    expect((await readReport(store, other))?.outcome).toBe('completed');
  },
);
