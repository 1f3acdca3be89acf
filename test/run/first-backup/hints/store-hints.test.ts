import { describe, expect, it } from 'vitest';
import { payloads } from '../../../../events/index.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { storeHints } from '../../../../lib/run/first-backup/hints/store-hints.ts';
import { readEvent } from '../../../../lib/runtime/events/read-event.ts';
import { playClock } from '../../../../testing/play-clock.ts';

function setUp() {
  const clock = playClock();
  const store = memoryStore(clock);
  const lines: unknown[] = [];
  const line = (event: string, fields?: object) => void lines.push({ event, ...fields });
  const log = { info: line, warn: line, error: line };
  return { clock, store, lines, deps: { store, log } };
}

describe('storeHints', () => {
  it('writes one object for a trace, in whatever form and however often it is delivered', async () => {
    const { deps, clock, store } = setUp();
    const ways = ['ctsCreatePhone', 'eventgridCreatePhone', 'smnTrace', 'failureBySmn'] as const;
    const first = clock.now();
    for (const way of [...ways, ...ways]) {
      await storeHints(deps, readEvent(payloads[way].event));
      clock.move(60_000);
    }
    const listed = await store.list('');
    // Its time counts from the first delivery: repeats put nothing off.
    expect(listed.map(({ lastModified }) => lastModified)).toEqual([first]);
    expect(listed.map(({ key }) => key)).toEqual([
      'open/hints/trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa.json',
    ]);
  });

  it('returns the ids of stored hints, and counts ignored parts', async () => {
    const { deps, lines } = setUp();
    const result = await storeHints(deps, readEvent(payloads.smnSeveral.event));
    expect(result.hints).toHaveLength(2);
    expect(result.ignored).toEqual({ nothing_named: 1 });
    expect(lines).toContainEqual({ event: 'event_ignored', reason: 'nothing_named', count: 1 });
  });

  it('stores and logs each hint once, and counts what was ignored by reason', async () => {
    const { deps, store, lines } = setUp();
    const lookup = { change: 'requested' as const, phones: ['p1'], servers: [], others: [] };
    const hints = [
      { id: 'message-1', lookup: { ...lookup, policy: 'newphones' } },
      { id: 'message-2', lookup },
      { id: 'message-2', lookup },
    ];
    const ignored = ['odd', 'other', 'odd'];
    expect(await storeHints(deps, { hints, ignored })).toEqual({
      hints: ['message-1', 'message-2'],
      ignored: { odd: 2, other: 1 },
    });
    expect(lines).toEqual([
      { event: 'event_ignored', reason: 'odd', count: 2 },
      { event: 'event_ignored', reason: 'other', count: 1 },
      { event: 'hint_stored', hint: 'message-1', change: 'requested', policy: 'newphones' },
      { event: 'hint_stored', hint: 'message-2', change: 'requested', policy: undefined },
    ]);
    expect(await store.list('')).toHaveLength(2);
  });

  it('throws when a hint cannot be written, so that the event is delivered again', async () => {
    const { deps } = setUp();
    const broken = {
      ...deps,
      store: { ...deps.store, create: () => Promise.reject(new Error('503')) },
    };
    await expect(storeHints(broken, readEvent(payloads.ctsCreatePhone.event))).rejects.toThrow(
      '503',
    );
  });
});
