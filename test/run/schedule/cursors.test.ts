import { describe, expect, it } from 'vitest';
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
const RULE = { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 2 * HOUR };

function setUp() {
  const clock = playClock(T0);
  const store = memoryStore(clock);
  const lines: Record<string, unknown>[] = [];
  const say = (level: string) => (event: string, fields?: object) =>
    void lines.push({ level, event, ...fields });
  const log = { info: say('info'), warn: say('warn'), error: say('error') };
  const gets: string[] = [];
  const get = async (key: string) => {
    gets.push(key);
    return store.get(key);
  };
  const ledger = { bucket: 'phonevault-state', prefix: 'phonevault/' };
  const lookup = (known: Cursors, now: number) =>
    readPolicyCursors({ clock, log, ledger, store: { ...store, get } }, known, now);
  const put = (text: string) => store.put(layout.policy('nightly'), text);
  const hints = async () =>
    Promise.all(
      (await store.list(layout.hints)).map(async ({ key }) => (await store.get(key))?.body),
    );
  return { store, lines, gets, lookup, put, hints };
}

describe('what is known of a policy', () => {
  it('counts from when it is first seen', async () => {
    const { lookup, put } = setUp();
    await put(POLICY);
    expect(await lookup({}, T0)).toEqual({
      nightly: {
        etag: expect.any(String) as string,
        active: true,
        on_provisioned: false,
        rule: RULE,
        since: T0,
        freshness: { from: T0, deadline: 2 * HOUR, language: 'zh' },
      },
    });
  });

  it('is read again only when its file has changed, and forgotten when that is gone', async () => {
    const { lookup, put, gets, store } = setUp();
    await put(POLICY);
    await store.put('policies/readme.txt', 'no policy');
    const first = await lookup({}, T0);
    expect(await lookup(first, T0 + 1)).toEqual(first);
    expect(gets).toEqual(['policies/nightly.yaml']);
    await store.remove([layout.policy('nightly')]);
    expect(await lookup(first, T0 + 2)).toEqual({});
  });

  it('is read again where an earlier version knew less of it', async () => {
    const { lookup, put, gets } = setUp();
    await put(POLICY);
    const { nightly } = await lookup({}, T0);
    if (nightly === undefined) throw new Error('no cursor');
    const { freshness, ...older } = nightly;
    const { on_provisioned, ...oldest } = nightly;
    expect({ freshness, on_provisioned }).toMatchObject({ on_provisioned: false });
    for (const before of [older, oldest]) {
      expect((await lookup({ nightly: before }, T0 + HOUR)).nightly).toMatchObject({ since: T0 });
    }
    expect(gets).toHaveLength(3);
    const inactive = { ...older, active: false };
    expect((await lookup({ nightly: inactive }, T0 + HOUR)).nightly).toBe(inactive);
    expect(gets).toHaveLength(3);
  });

  it('goes on counting when it is edited, but for another rule, or after it was inactive', async () => {
    const { lookup, put } = setUp();
    await put(POLICY);
    const first = await lookup({}, T0);
    await put(POLICY.replace('deadline: 2h', 'deadline: 3h'));
    const edited = await lookup(first, T0 + HOUR);
    expect(edited.nightly).toMatchObject({
      since: T0,
      freshness: { from: T0, deadline: 3 * HOUR },
    });
    await put(POLICY.replace('0 30 2', '0 30 3'));
    const moved = await lookup(edited, T0 + 2 * HOUR);
    expect(moved.nightly).toMatchObject({
      since: T0 + 2 * HOUR,
      freshness: { from: T0 + 2 * HOUR },
    });
    await put(`${POLICY}enabled: false\n`);
    const off = await lookup(moved, T0 + 3 * HOUR);
    expect(off.nightly).toMatchObject({ active: false, since: T0 + 3 * HOUR, rule: RULE });
    expect(off.nightly).not.toHaveProperty('freshness');
    await put(POLICY);
    expect((await lookup(off, T0 + 4 * HOUR)).nightly).toMatchObject({ since: T0 + 4 * HOUR });
  });

  it('keeps what was judged of its freshness', async () => {
    const { lookup, put } = setUp();
    await put(POLICY);
    const { nightly } = await lookup({}, T0);
    if (nightly?.freshness === undefined) throw new Error('no freshness');
    const judged = { ...nightly, freshness: { ...nightly.freshness, judged: T0 + 5 } };
    await put(`${POLICY}# edited\n`);
    expect((await lookup({ nightly: judged }, T0 + HOUR)).nightly?.freshness).toEqual({
      ...{ from: T0, deadline: 2 * HOUR, language: 'zh' },
      judged: T0 + 5,
    });
  });

  it.each([
    ['lifted before its time: slots count from then on', HOUR, HOUR],
    ['over: slots count from its end', 3 * HOUR, 2 * HOUR],
  ])('has a pause %s', async (_, editedAfter, countsAfter) => {
    const { lookup, put } = setUp();
    const paused = new Date(T0 + 2 * HOUR).toISOString();
    await put(`${POLICY}paused_until: "${paused}"\n`);
    const first = await lookup({}, T0);
    expect(first.nightly?.paused_until).toBe(T0 + 2 * HOUR);
    await put(POLICY);
    const { nightly } = await lookup(first, T0 + editedAfter);
    expect(nightly).toMatchObject({
      since: T0 + countsAfter,
      freshness: { from: T0 + countsAfter },
    });
    expect(nightly).not.toHaveProperty('paused_until');
  });

  it('has no rule without a schedule', async () => {
    const { lookup, put } = setUp();
    await put(`${POLICY.replace(/schedule:.*\n/, '')}on_provisioned: true\n`);
    const { nightly } = await lookup({}, T0);
    expect(nightly).toMatchObject({ active: false, on_provisioned: true });
    expect(nightly).not.toHaveProperty('rule');
    await put(`${POLICY}on_provisioned: true\nenabled: false\n`);
    expect((await lookup({}, T0)).nightly).toMatchObject({ active: false, on_provisioned: false });
  });
});

describe('a policy that cannot be read', () => {
  it('is told of once it had been active, and as a line of the log', async () => {
    const { lookup, put, hints, lines } = setUp();
    await put(`${POLICY}on_provisioned: true\n`);
    const sound = await lookup({}, T0);
    await put('name: daily');
    const { nightly } = await lookup(sound, T0 + HOUR);
    expect(nightly).toEqual({
      etag: expect.any(String) as string,
      active: false,
      fault: expect.stringContaining('') as string,
      on_provisioned: true,
      since: T0 + HOUR,
    });
    expect(await hints()).toEqual([expect.stringContaining('policy_invalid')]);
    expect(lines).toEqual([
      { level: 'error', event: 'policy_invalid', policy: 'nightly', message: nightly?.fault },
      { level: 'warn', event: 'missed', policy: 'nightly', reason: 'policy_invalid', slots: 0 },
    ]);
  });

  it('is told of to nobody who never relied on it', async () => {
    const { lookup, put, hints } = setUp();
    await put('name: [');
    const { nightly } = await lookup({}, T0);
    expect(nightly).toMatchObject({ active: false, on_provisioned: false });
    expect(await hints()).toEqual([]);
    await put('- a list');
    await lookup({ nightly: { ...(nightly ?? { etag: '' }), active: false, since: 0 } }, T0);
    expect(await hints()).toEqual([]);
  });

  it('is told with no more than 300 characters of its fault', async () => {
    const { lookup, put } = setUp();
    await put(`${'k'.repeat(20)}: ${'x'.repeat(20)}\n`.repeat(2));
    const { nightly } = await lookup({}, T0);
    expect(nightly?.fault?.length).toBeLessThanOrEqual(300);
    expect(nightly?.fault).not.toBe('');
  });

  it('counts as broken when its file goes between LIST and GET', async () => {
    const { lookup, put, store } = setUp();
    await put(POLICY);
    const list = await store.list(layout.policies);
    await store.remove([layout.policy('nightly')]);
    store.list = async () => list;
    expect((await lookup({}, T0)).nightly).toMatchObject({ active: false });
  });
});
