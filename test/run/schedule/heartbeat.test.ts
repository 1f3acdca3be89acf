import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { writeNotifiedHeartbeat } from '../../../lib/ledger/state/notified/notified.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { requestHeartbeat, type Heartbeat } from '../../../lib/run/schedule/heartbeat.ts';
import { recordReads, withFailingStore } from '../../support/fake-stores.ts';
import { inboxScene } from '../../support/inbox-scene.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** 08:00 in Shanghai on 3 January. */
const EIGHT = Date.UTC(2026, 0, 3);
const daily: Heartbeat = { cron: '0 0 8 * * *', timezone: 'Asia/Shanghai', language: 'zh' };
const ID = 'heartbeat-20260103';

describe('requestHeartbeat', () => {
  it('requests nothing unless the daily message is enabled', async () => {
    const { deps, hints } = inboxScene(EIGHT);
    expect(await requestHeartbeat(deps, undefined, 7)).toBe(7);
    expect(await hints()).toEqual([]);
  });

  it.each([
    ['right at its time', 0],
    ['later that day', 23 * HOUR],
  ])('requests the daily message %s', async (_, after) => {
    const { deps, hints, body } = inboxScene(EIGHT + after);
    expect(await requestHeartbeat(deps, daily, undefined)).toBe(EIGHT);
    expect(await hints()).toEqual([ID]);
    expect(await body(layout.hint(ID))).toMatchObject({
      slot: EIGHT,
      since: EIGHT - DAY,
      date: '20260103',
      language: 'zh',
    });
  });

  it("requests the message of the day before until today's is due", async () => {
    const { deps, hints } = inboxScene(EIGHT - 1);
    expect(await requestHeartbeat(deps, daily, undefined)).toBe(EIGHT - DAY);
    expect(await hints()).toEqual(['heartbeat-20260102']);
  });

  it('reads the bucket once a day', async () => {
    const { deps } = inboxScene(EIGHT + HOUR);
    const store = recordReads(deps.store);
    expect(await requestHeartbeat({ ...deps, store }, daily, EIGHT)).toBe(EIGHT);
    expect(store.reads).toEqual([]);
  });

  it.each([
    ['was sent', EIGHT, 0, []],
    ['was sent, later that day', EIGHT, HOUR, []],
    ['was not sent, but the day before was', EIGHT - DAY, HOUR, [ID]],
    ['seems sent in the future, by a clock that was ahead', EIGHT + DAY, HOUR, [ID]],
  ])('requests a message only when needed: the day %s', async (_, notified, after, expected) => {
    const { deps, store, hints } = inboxScene(EIGHT + after);
    await writeNotifiedHeartbeat(store, notified);
    expect(await requestHeartbeat(deps, daily, EIGHT - DAY)).toBe(EIGHT);
    expect(await hints()).toEqual(expected);
  });

  it.each([
    ['right after its slot', 119_999, [ID]],
    ['not later, where an instance may have sent it', 120_000, []],
  ])('requests a message whose record cannot be read %s', async (_, after, expected) => {
    const { deps, hints } = inboxScene(EIGHT + after);
    const get = (): Promise<never> =>
      Promise.reject(new PhonevaultError('access_denied', 'obs: 403'));
    const unread = { ...deps, store: { ...deps.store, get } };
    expect(await requestHeartbeat(unread, daily, undefined)).toBe(EIGHT);
    expect(await hints()).toEqual(expected);
  });

  it('starts the very first day at its own slot, and requests none before it', async () => {
    const { deps, clock, hints, body } = inboxScene(HOUR);
    const noon = { ...daily, cron: '0 0 12 * * *', timezone: 'UTC' };
    expect(await requestHeartbeat(deps, noon, 7)).toBe(7);
    expect(await hints()).toEqual([]);
    clock.move(11 * HOUR);
    expect(await requestHeartbeat(deps, noon, 7)).toBe(12 * HOUR);
    expect(await body(layout.hint('heartbeat-19700101'))).toMatchObject({ since: 12 * HOUR });
  });

  it('logs a delay when the bucket does not respond, and requests the message again', async () => {
    const { deps, lines, hints } = inboxScene(EIGHT);
    expect(await requestHeartbeat(withFailingStore(deps, 'put'), daily, EIGHT - DAY)).toBe(
      EIGHT - DAY,
    );
    expect(lines).toEqual([
      ['warn', 'heartbeat_delayed', { code: 'unreachable', message: 'no response' }],
    ]);
    expect(await requestHeartbeat(deps, daily, EIGHT - DAY)).toBe(EIGHT);
    expect(await hints()).toEqual([ID]);
  });

  it('throws programming errors', async () => {
    const { deps, lines } = inboxScene(EIGHT);
    const broken = withFailingStore(deps, 'get', new TypeError('no function'));
    await expect(requestHeartbeat(broken, daily, undefined)).rejects.toThrow('no function');
    expect(lines).toEqual([]);
  });
});
