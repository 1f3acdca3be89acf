import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import type { Cursors } from '../../../lib/ledger/state/cursors.ts';
import { readPolicyCursors } from '../../../lib/run/schedule/cursors.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const POLICY = `
name: nightly
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai, start_within: 2h }
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups }
deadline: 2h
notify: { when: always, language: zh }
`;
const LOCALE = { language: 'zh', timezone: 'Asia/Shanghai' };
const RULE = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };

function setUp() {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const lines: Record<string, unknown>[] = [];
  const log = (level: string) => (event: string, fields?: object) =>
    void lines.push({ level, event, ...fields });
  const gets: string[] = [];
  const refused = new Set<string>();
  const get = async (key: string) => {
    gets.push(key);
    if (refused.has(key)) throw new PhonevaultError('access_denied', 'AccessDenied');
    return store.get(key);
  };
  const ledger = { bucket: 'phonevault-state', prefix: 'phonevault/' };
  const read = (known: Cursors, now: number, options: { lost?: boolean } = {}) =>
    readPolicyCursors(
      {
        clock,
        log: { info: log('info'), warn: log('warn'), error: log('error') },
        ledger,
        store: { ...store, get },
      },
      known,
      now,
      options,
    );
  const put = (text: string) => store.put(layout.policy('nightly'), text);
  const hints = async () =>
    Promise.all(
      (await store.list(layout.hints)).map(async ({ key }) => (await store.get(key))?.body),
    );
  return { clock, store, lines, gets, refused, read, put, hints };
}

describe('readPolicyCursors', () => {
  it('judges freshness from when the file was written while the cursors cannot be read, so that cold instances find staleness', async () => {
    const { read, put } = setUp();
    await put(POLICY);
    const later = T0 + 9 * HOUR;
    const countsFrom = async (known: Cursors, lost: boolean) =>
      (await read(known, later, { lost })).nightly?.freshness?.counts_from;
    expect(await countsFrom({}, true)).toBe(T0);
    expect(await countsFrom({}, false)).toBe(later);
    const inactive = { etag: 'old', active: false, handled_until: T0 };
    expect(await countsFrom({ nightly: inactive }, true)).toBe(later);
  });

  it('counts slots from when a policy is first seen', async () => {
    const { read, put } = setUp();
    await put(POLICY);
    expect(await read({}, T0)).toEqual({
      nightly: {
        etag: expect.any(String) as string,
        active: true,
        on_provisioned: false,
        schedule: RULE,
        locale: LOCALE,
        handled_until: T0,
        freshness: {
          counts_from: T0,
          deadline: 2 * HOUR,
          objective: { phones: 90 },
          language: 'zh',
        },
      },
    });
  });

  it('reads a policy again only when its file has changed, and forgets it when the file is gone', async () => {
    const { read, put, gets, store } = setUp();
    await put(POLICY);
    await store.put('policies/readme.txt', 'no policy');
    const first = await read({}, T0);
    expect(await read(first, T0 + 1)).toEqual(first);
    expect(gets).toEqual(['policies/nightly.yaml']);
    await store.remove([layout.policy('nightly')]);
    expect(await read(first, T0 + 2)).toEqual({});
  });

  it('keeps the cursor of an edited policy, unless its rule changed or it was inactive', async () => {
    const { read, put } = setUp();
    await put(POLICY);
    const first = await read({}, T0);
    await put(POLICY.replace('deadline: 2h', 'deadline: 3h'));
    const edited = await read(first, T0 + HOUR);
    expect(edited.nightly).toMatchObject({
      handled_until: T0,
      freshness: { counts_from: T0, deadline: 3 * HOUR },
    });
    await put(POLICY.replace('0 30 2', '0 30 3'));
    const moved = await read(edited, T0 + 2 * HOUR);
    expect(moved.nightly).toMatchObject({
      handled_until: T0 + 2 * HOUR,
      freshness: { counts_from: T0 + 2 * HOUR },
    });
    await put(`${POLICY}enabled: false\n`);
    const off = await read(moved, T0 + 3 * HOUR);
    expect(off.nightly).toMatchObject({
      active: false,
      handled_until: T0 + 3 * HOUR,
      schedule: RULE,
    });
    expect(off.nightly).not.toHaveProperty('freshness');
    await put(POLICY);
    expect((await read(off, T0 + 4 * HOUR)).nightly).toMatchObject({
      handled_until: T0 + 4 * HOUR,
    });
  });

  it('keeps the slot whose freshness was checked', async () => {
    const { read, put } = setUp();
    await put(POLICY);
    const { nightly } = await read({}, T0);
    if (nightly?.freshness === undefined) throw new Error('no freshness');
    const judged = { ...nightly, freshness: { ...nightly.freshness, checked_slot: T0 + 5 } };
    await put(`${POLICY}# edited\n`);
    expect((await read({ nightly: judged }, T0 + HOUR)).nightly?.freshness).toEqual({
      ...{ counts_from: T0, deadline: 2 * HOUR, objective: { phones: 90 }, language: 'zh' },
      checked_slot: T0 + 5,
    });
  });

  it.each([
    ['ended early: from then on', HOUR, HOUR],
    ['over: from its end', 3 * HOUR, 2 * HOUR],
  ])('counts slots after a pause that is %s', async (_, editedAfter, countsAfter) => {
    const { read, put } = setUp();
    const paused = new Date(T0 + 2 * HOUR).toISOString();
    await put(`${POLICY}paused_until: "${paused}"\n`);
    const first = await read({}, T0);
    expect(first.nightly?.paused_until).toBe(T0 + 2 * HOUR);
    await put(POLICY);
    const { nightly } = await read(first, T0 + editedAfter);
    expect(nightly).toMatchObject({
      handled_until: T0 + countsAfter,
      freshness: { counts_from: T0 + countsAfter },
    });
    expect(nightly).not.toHaveProperty('paused_until');
  });

  it('keeps no rule without a schedule', async () => {
    const { read, put } = setUp();
    await put(`${POLICY.replace(/schedule:.*\n/, '')}on_provisioned: true\n`);
    const { nightly } = await read({}, T0);
    expect(nightly).toMatchObject({ active: false, on_provisioned: true });
    expect(nightly).not.toHaveProperty('rule');
    await put(`${POLICY}on_provisioned: true\nenabled: false\n`);
    expect((await read({}, T0)).nightly).toMatchObject({ active: false, on_provisioned: false });
  });
});

describe('readPolicyCursors, of an invalid policy', () => {
  it('logs the error, and reports an active policy as missed', async () => {
    const { read, put, hints, lines } = setUp();
    await put(`${POLICY}on_provisioned: true\n`);
    const valid = await read({}, T0);
    await put('name: daily');
    const { nightly } = await read(valid, T0 + HOUR);
    expect(nightly).toEqual({
      etag: expect.any(String) as string,
      active: false,
      error: expect.stringContaining('') as string,
      on_provisioned: true,
      // The message about it is in the language that the policy had.
      locale: LOCALE,
      handled_until: T0 + HOUR,
    });
    expect(await hints()).toEqual([expect.stringContaining('policy_invalid')]);
    expect(lines).toEqual([
      { level: 'error', event: 'policy_invalid', policy: 'nightly', message: nightly?.error },
      {
        level: 'warn',
        event: 'slots_missed',
        policy: 'nightly',
        reason: 'policy_invalid',
        slots: 0,
      },
    ]);
  });

  it('reports nothing for a policy that was never active', async () => {
    const { read, put, hints } = setUp();
    await put('name: [');
    const { nightly } = await read({}, T0);
    expect(nightly).toMatchObject({ active: false, on_provisioned: false });
    expect(await hints()).toEqual([]);
    await put('- a list');
    await read({ nightly: { ...(nightly ?? { etag: '' }), active: false, handled_until: 0 } }, T0);
    expect(await hints()).toEqual([]);
  });

  it('keeps the first 300 characters of the error', async () => {
    const { read, put } = setUp();
    await put(`${'k'.repeat(20)}: ${'x'.repeat(20)}\n`.repeat(2));
    const { nightly } = await read({}, T0);
    expect(nightly?.error?.length).toBeLessThanOrEqual(300);
    expect(nightly?.error).not.toBe('');
  });

  it('counts a policy as invalid when its file is deleted between LIST and GET', async () => {
    const { read, put, store } = setUp();
    await put(POLICY);
    const list = await store.list(layout.policies);
    await store.remove([layout.policy('nightly')]);
    store.list = async () => list;
    expect((await read({}, T0)).nightly).toMatchObject({ active: false });
  });
});

describe('readPolicyCursors, when a policy file cannot be read', () => {
  const KEY = layout.policy('nightly');

  it('keeps the known schedule, reads the file again after growing pauses, and asks drive to notify', async () => {
    const { clock, read, put, refused, gets, hints, lines } = setUp();
    await put(POLICY);
    const known = await read({}, T0);
    await put(POLICY.replace('deadline: 2h', 'deadline: 3h'));
    refused.add(KEY);
    let cursors = known;
    for (let minute = 0; minute < 8; minute += 1) {
      cursors = await read(cursors, clock.now());
      clock.move(MINUTE);
    }
    expect(gets).toHaveLength(1 + 4);
    const { unread, ...rest } = cursors['nightly'] ?? {};
    expect(rest).toEqual(known['nightly']);
    expect(unread).toMatchObject({ attempts: 4, retry_at: T0 + 15 * MINUTE });
    expect(await hints()).toEqual(['{"version":1,"type":"unreadable_policy","policy":"nightly"}']);
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(['policy_delayed']));
    refused.clear();
    clock.move(15 * MINUTE);
    const readable = (await read(cursors, clock.now()))['nightly'];
    expect(readable).toMatchObject({ active: true, freshness: { deadline: 3 * HOUR } });
    expect(readable).not.toHaveProperty('unread');
  });

  it('reads a file at once that was written again', async () => {
    const { read, put, refused, gets } = setUp();
    await put(POLICY);
    refused.add(KEY);
    const cursors = await read({}, T0);
    expect(cursors['nightly']).toMatchObject({ active: false, unread: { attempts: 1 } });
    await put(`${POLICY}# again\n`);
    refused.clear();
    expect((await read(cursors, T0))['nightly']).toMatchObject({ active: true });
    expect(gets).toHaveLength(2);
  });

  it('reads the other policies', async () => {
    const { store, read, put, refused } = setUp();
    await put(POLICY);
    await store.put(layout.policy('weekly'), POLICY.replace('nightly', 'weekly'));
    refused.add(KEY);
    expect((await read({}, T0))['weekly']).toMatchObject({ active: true });
  });

  it('does not take a file for deleted that LIST shows and GET does not find', async () => {
    const { store, read, put, hints } = setUp();
    await put(POLICY);
    const known = await read({}, T0);
    await put(`${POLICY}# again\n`);
    const get = store.get;
    store.get = async (key) => (key === KEY ? undefined : get(key));
    expect((await read(known, T0))['nightly']).toMatchObject({ active: true });
    expect(await hints()).toHaveLength(1);
  });
});
