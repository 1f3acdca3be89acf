import { describe, expect, it } from 'vitest';
import { writeNotifiedHeartbeat } from '../../../lib/ledger/state/heartbeat.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { requestHeartbeat, type Heartbeat } from '../../../lib/run/schedule/heartbeat.ts';
import { failing, listening } from '../../support/listening.ts';
import { reading } from '../../support/reading.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 08:00 in Shanghai on 3 January. */
const EIGHT = Date.UTC(2026, 0, 3);
const daily: Heartbeat = { cron: '0 0 8 * * *', timezone: 'Asia/Shanghai', language: 'zh' };
const ID = 'heartbeat-20260103';

describe('askForHeartbeat', () => {
  it('asks for nothing unless it is switched on', async () => {
    const { deps, hints } = listening(EIGHT);
    expect(await requestHeartbeat(deps, undefined, 7)).toBe(7);
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['right at its time', 0],
    ['later that day', 23 * HOUR],
  ])("asks for the day's message %s", async (_, late) => {
    const { deps, hints, body } = listening(EIGHT + late);
    expect(await requestHeartbeat(deps, daily, undefined)).toBe(EIGHT);
    expect(await hints()).toEqual([ID]);
    expect(await body(layout.hint(ID))).toMatchObject({
      slot: EIGHT,
      since: EIGHT - DAY,
      date: '20260103',
      language: 'zh',
    });
  });

  it('asks for that of the day before until the time has come', async () => {
    const { deps, hints } = listening(EIGHT - 1);
    expect(await requestHeartbeat(deps, daily, undefined)).toBe(EIGHT - DAY);
    expect(await hints()).toEqual(['heartbeat-20260102']);
  });

  it('looks into the bucket once a day', async () => {
    const { deps } = listening(EIGHT + HOUR);
    const store = reading(deps.store);
    expect(await requestHeartbeat({ ...deps, store }, daily, EIGHT)).toBe(EIGHT);
    expect(store.reads).toEqual([]);
  });

  it.each([
    ['was told', EIGHT, 0, []],
    ['was told, later that day', EIGHT, HOUR, []],
    ['was not told, though the day before was', EIGHT - DAY, HOUR, [ID]],
    ['seems told by a clock that was ahead', EIGHT + DAY, HOUR, [ID]],
  ])('asks as needed when the day %s', async (_, told, late, expected) => {
    const { deps, store, hints } = listening(EIGHT + late);
    await writeNotifiedHeartbeat(store, told);
    expect(await requestHeartbeat(deps, daily, EIGHT - DAY)).toBe(EIGHT);
    expect(await hints()).toEqual(expected);
  });

  it('has the first day there is begin with itself, and none before it', async () => {
    const { deps, clock, hints, body } = listening(HOUR);
    const noon = { ...daily, cron: '0 0 12 * * *', timezone: 'UTC' };
    expect(await requestHeartbeat(deps, noon, 7)).toBe(7);
    expect(await hints()).toEqual([]);
    clock.move(11 * HOUR);
    expect(await requestHeartbeat(deps, noon, 7)).toBe(12 * HOUR);
    expect(await body(layout.hint('heartbeat-19700101'))).toMatchObject({ since: 12 * HOUR });
  });

  it('says that it is delayed when the bucket does not answer, and is asked again', async () => {
    const { deps, lines, hints } = listening(EIGHT);
    expect(await requestHeartbeat(failing(deps, 'put'), daily, EIGHT - DAY)).toBe(EIGHT - DAY);
    expect(lines).toEqual([
      ['warn', 'heartbeat_delayed', { code: 'unreachable', message: 'no answer' }],
    ]);
    expect(await requestHeartbeat(deps, daily, EIGHT - DAY)).toBe(EIGHT);
    expect(await hints()).toEqual([ID]);
  });

  it('throws mistakes of our own', async () => {
    const { deps, lines } = listening(EIGHT);
    const broken = failing(deps, 'get', new TypeError('no function'));
    await expect(requestHeartbeat(broken, daily, undefined)).rejects.toThrow('no function');
    expect(lines).toEqual([]);
  });
});
