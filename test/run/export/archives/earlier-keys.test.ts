import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { isCleared, lookUpEarlierKeys } from '../../../../lib/run/export/archives/earlier-keys.ts';
import { lanesOf } from '../../../../lib/run/export/batches/lanes.ts';
import { restoreTurns } from '../../../../lib/run/export/batches/restore-turns.ts';
import { record } from '../../../../lib/run/state/open-run.ts';
import { phoneSteps } from '../../../../lib/run/state/steps/phone-steps.ts';
import { driveScene, RUN, SECOND } from '../../../support/drive-scene.ts';
import { MINUTE, plannedPhone, T0 } from '../../../support/runs.ts';

const noLoad = () => ({
  ...{
    phones: new Set<string>(),
    perServer: new Map(),
    placed: new Set<string>(),
    kept: new Map(),
  },
  turns: restoreTurns([], T0),
});
const own = (phone_id: string, attempt: number) => ({ phone_id, attempt });
const busy = (phone_id: string): RunEvent => ({
  ...{ type: 'refused', at: T0, ...own(phone_id, 1), code: 'CPS.0042' },
});

/** A run whose phones p and q are tried again, since CPH was busy with them, and r, which is new. */
async function scene() {
  const world = driveScene();
  await world.request(
    RUN,
    ['p', 'q', 'r'].map((id) => plannedPhone(id)),
  );
  const run = await world.load(RUN);
  record(run, [busy('p'), busy('q')]);
  world.clock.move(2 * MINUTE);
  const ready = () =>
    lanesOf([run], noLoad(), world.clock.now()).flatMap((lane) =>
      lane.ready.map(({ phoneId }) => phoneId),
    );
  const key = (id: string, attempt = 1) => `${run.plan?.terms?.folder}/${RUN}/${id}-${attempt}.tar`;
  return { ...world, run, ready, key };
}

describe('lookUpEarlierKeys', () => {
  it('lets phones be sent again once their earlier keys hold nothing, and others at once', async () => {
    const { deps, run, ready, clock } = await scene();
    expect(ready()).toEqual(['r']);
    await lookUpEarlierKeys(deps, run);
    expect(ready().sort()).toEqual(['p', 'q', 'r']);
    clock.move(20 * SECOND);
    expect(ready()).toEqual(['r']);
  });

  it('records a whole archive as verified, and no other object', async () => {
    const { deps, run, ready, key, land } = await scene();
    land(key('p'));
    land(key('q'), 2_048, 'cut');
    await lookUpEarlierKeys(deps, run);
    expect(run.state.phones.get('p')?.attempts.get(1)?.verified).toMatchObject({ size: 2_048 });
    expect(ready().sort()).toEqual(['q', 'r']);
  });

  it('looks a phone up every twenty seconds while it waits for its call', async () => {
    const { deps, run, lookups, clock } = await scene();
    for (let n = 0; n < 13; n += 1) {
      await lookUpEarlierKeys(deps, run);
      clock.move(5 * SECOND);
    }
    expect(lookups).toHaveLength(2 * 4);
  });

  it('lets the others be sent while the keys of one phone cannot be looked up', async () => {
    const { deps, run, ready, key, clock } = await scene();
    const { head } = deps.archives;
    Object.assign(deps.archives, {
      head: (bucket: string, asked: string) =>
        asked === key('p')
          ? Promise.reject(new PhonevaultError('access_denied', 'not this one'))
          : head(bucket, asked),
    });
    for (let minute = 0; minute < 10; minute += 1) {
      await lookUpEarlierKeys(deps, run).catch(() => undefined);
      expect(ready().sort()).toEqual(['q', 'r']);
      clock.move(MINUTE);
    }
  });

  it('keeps a phone whose keys cannot be looked up, for half an hour', async () => {
    const { deps, run, ready, clock } = await scene();
    const fail = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    Object.assign(deps.archives, { head: fail, list: fail });
    await expect(lookUpEarlierKeys(deps, run)).rejects.toThrow('no answer');
    expect(run.retryAt.lookUps.get('p')).toBeGreaterThan(clock.now());
    clock.move(30 * MINUTE - 1);
    expect(ready()).toEqual(['r']);
    clock.move(1);
    expect(ready().sort()).toEqual(['p', 'q', 'r']);
  });
});

it('a phone without an attempt that may have left an archive needs no look-up', async () => {
  const { run, clock } = await scene();
  const one = phoneSteps(run, clock.now()).find(({ phone }) => phone.planned.phone_id === 'r');
  expect(one && isCleared(run, one, clock.now())).toBe(true);
});
