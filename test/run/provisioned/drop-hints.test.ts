import { describe, expect, it } from 'vitest';
import { payloads } from '../../../events/index.ts';
import { memoryStore } from '../../../lib/ledger/memory-store.ts';
import { dropHints } from '../../../lib/run/provisioned/drop-hints.ts';
import { readEvent } from '../../../lib/runtime/events/read-event.ts';
import { playClock } from '../../support/play-clock.ts';

function setUp() {
  const store = memoryStore(playClock());
  const puts: string[] = [];
  const counted = {
    ...store,
    put: (key: string, body: string) => (puts.push(key), store.put(key, body)),
  };
  const lines: unknown[] = [];
  const line = (event: string, fields?: object) => void lines.push({ event, ...fields });
  const log = { info: line, warn: line, error: line };
  return { store, puts, lines, deps: { store: counted, log } };
}

describe('dropHints', () => {
  it('writes one object a trace, whichever way it comes and however often', async () => {
    const { deps, puts, store } = setUp();
    const ways = ['ctsCreatePhone', 'eventgridCreatePhone', 'smnTrace', 'failureBySmn'] as const;
    for (const way of [...ways, ...ways]) await dropHints(deps, readEvent(payloads[way].event));
    expect(puts).toHaveLength(8);
    const listed = await store.list('');
    expect(listed.map(({ key }) => key)).toEqual([
      'open/hints/trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa.json',
    ]);
  });

  it('answers what it dropped and counts what it ignored', async () => {
    const { deps, lines } = setUp();
    const result = await dropHints(deps, readEvent(payloads.smnSeveral.event));
    expect(result.hints).toHaveLength(2);
    expect(result.ignored).toEqual({ nothing_named: 1 });
    expect(lines).toContainEqual({ event: 'event_ignored', reason: 'nothing_named', count: 1 });
  });

  it('throws what the platform should try again', async () => {
    const { deps } = setUp();
    const broken = {
      ...deps,
      store: { ...deps.store, put: () => Promise.reject(new Error('503')) },
    };
    await expect(dropHints(broken, readEvent(payloads.ctsCreatePhone.event))).rejects.toThrow(
      '503',
    );
  });
});
