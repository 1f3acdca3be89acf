import { describe, expect, it } from 'vitest';
import { changePower, type PowerKind } from '../../../local/cph/world/power.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const POLICY = `${NIGHTLY}max_in_flight_per_server: 1\nwait_for_phones: 10m\n`;

/** Two phones of one server, of which the second waits its turn while the first is exported. */
async function turns(resetting: number): Promise<{ world: Night; second: string; runId: string }> {
  const timings = { exportBase: 90 * SECOND, resetting: [resetting, resetting] as const };
  const world = await night({ phones: 2, servers: 1, seed: 3, timings });
  await world.putPolicy(POLICY);
  const runId = await world.ask();
  await world.minute();
  const phones = await world.cloud.control.phones();
  const second = phones.find(({ phone_id }) => phone_id !== world.exports[0]?.phone_id);
  return { world, second: second?.phone_id ?? '', runId };
}

function power(world: Night, kind: PowerKind, phoneId: string): void {
  const phone = world.cloud.world.fleet.phones.get(phoneId);
  if (phone === undefined) throw new Error('no such phone');
  changePower(world.cloud.world, kind, phone, `${kind}-1`);
}

describe('a phone that no longer runs when its turn comes', () => {
  it('is exported once it runs again, however often it would have been refused until then', async () => {
    const { world, second, runId } = await turns(6 * MINUTE);
    power(world, 'reset', second);
    const { phones } = await world.settle(runId);
    expect(phones.map(({ outcome }) => outcome)).toEqual(['exported', 'exported']);
    const asked = world.exports.filter(({ phone_id }) => phone_id === second);
    expect(asked.map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('is skipped when it has not come back by the end of the wait, counted from the refusal', async () => {
    const { world, second, runId } = await turns(30 * MINUTE);
    power(world, 'reset', second);
    const { phones, report } = await world.settle(runId);
    const phone = phones.find(({ phone_id }) => phone_id === second);
    expect(phone).toMatchObject({ outcome: 'skipped', reason: 'resetting', attempts: 1 });
    const refusedAt = world.exports.find(({ phone_id }) => phone_id === second)?.at ?? 0;
    const waited = Date.parse(report.settled_at) - refusedAt;
    expect(waited).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(waited).toBeLessThan(12 * MINUTE);
  });

  it('is skipped as stopped when somebody stopped it', async () => {
    const { world, second, runId } = await turns(MINUTE);
    power(world, 'stop', second);
    const { phones } = await world.settle(runId);
    const phone = phones.find(({ phone_id }) => phone_id === second);
    expect(phone).toMatchObject({ outcome: 'skipped', reason: 'stopped' });
  });
});
