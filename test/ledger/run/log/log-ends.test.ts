import { describe, expect, it } from 'vitest';
import {
  endsSoFar,
  endsToKeep,
  isClosed,
  type LogEnds,
  recentEnds,
  unlistedEntries,
  type WriterEnds,
} from '../../../../lib/ledger/run/log/log-ends.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { LIST_LAG_MS } from '../../../../lib/ledger/store/store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { T0 } from '../../../support/runs.ts';

const logEnds = (changes: Partial<LogEnds> = {}): LogEnds => ({
  ...{ earlier: [], read: new Set(), own: new Map(), closed: new Set() },
  ...{ orphaned: new Map(), shards: new Map() },
  ...changes,
});
const writer = (changes: Partial<WriterEnds> = {}): WriterEnds => ({
  ...{ writer: 'w1', at: T0, ends: {}, ...changes },
});
const entry = (sequence: number) => layout.logEntry('r', 'w1', sequence);

/** The entries that LIST lacks, of a log of `stored` entries that LIST shows up to `listed`. */
async function unlisted(log: LogEnds, stored: number, listed: number) {
  const store = memoryStore(playClock());
  for (let n = 1; n <= stored; n += 1) await store.put(entry(n), '{}');
  const shown = new Set(Array.from({ length: listed }, (_, n) => entry(n + 1)));
  return unlistedEntries(store, 'r', shown, log);
}

describe('the entries of a log that LIST lacks', () => {
  it('are those up to the end that the writer left word of', async () => {
    const log = logEnds({ earlier: [writer({ ends: { r: 3 } })] });
    expect(await unlisted(log, 3, 1)).toEqual([entry(2), entry(3)]);
    expect(log.read.has('r')).toBe(true);
  });

  it('are forgotten once LIST shows them', async () => {
    const log = logEnds({ earlier: [writer({ ends: { r: 3 } })] });
    expect(await unlisted(log, 3, 3)).toEqual([]);
    expect(log.earlier[0]?.ends).toEqual({});
  });

  it('are found by GET after a kill, also beyond the known end', async () => {
    const log = logEnds({ earlier: [writer({ ends: { r: 1 }, unsure: true })] });
    expect(await unlisted(log, 4, 0)).toEqual([1, 2, 3, 4].map(entry));
    expect(log.earlier[0]?.ends).toEqual({ r: 4 });
  });

  it('are none of a writer that ended in order without any', async () => {
    expect(await unlisted(logEnds({ earlier: [writer()] }), 2, 0)).toEqual([]);
  });
});

describe('what a drive leaves for the next one', () => {
  const log = () =>
    logEnds({
      earlier: [writer({ ends: { a: 4, gone: 2 }, unsure: true })],
      ...{ read: new Set(['a']), own: new Map([['a', 7]]), closed: new Set(['gone']) },
    });
  const keep = (own: LogEnds, open: string[], unsure = false) =>
    endsToKeep({ name: 'w2', log: own }, { open: new Set(open), unsure }, T0);

  it('names the ends of open runs only', () => {
    expect(keep(log(), ['a'])).toMatchObject([
      { writer: 'w1', ends: { a: 4 } },
      { writer: 'w2', ends: { a: 7 }, closed: ['gone'] },
    ]);
  });

  it('is sure of a killed writer once every open log was read', () => {
    expect(keep(log(), ['a'])[0]?.unsure).toBeUndefined();
    expect(keep(log(), ['a', 'unread'])[0]?.unsure).toBe(true);
  });

  it('is nothing when nothing is open or was closed', () => {
    expect(keep(logEnds({ own: new Map([['a', 1]]) }), [])).toEqual([]);
  });

  it('is short when it would not fit: the next drive looks for the entries itself', () => {
    const own = new Map(Array.from({ length: 30_000 }, (_, n) => [`nightly-20260102t${n}z`, 1]));
    const kept = keep(logEnds({ own }), [...own.keys()]);
    expect(kept).toEqual([{ writer: 'w2', at: T0, ends: {}, unsure: true, orphaned: undefined }]);
  });

  it('says while it works that more may follow, in case it is killed', () => {
    const ends = endsSoFar({ name: 'w2', log: logEnds({ orphaned: new Map([['r', true]]) }) }, T0);
    expect(ends).toEqual([
      { writer: 'w2', at: T0, ends: {}, unsure: true, closed: [], orphaned: { r: true } },
    ]);
  });

  it('is forgotten when every LIST shows it', () => {
    const ends = [writer({ at: T0 })];
    expect(recentEnds(ends, T0 + LIST_LAG_MS - 1)).toEqual(ends);
    expect(recentEnds(ends, T0 + LIST_LAG_MS)).toEqual([]);
  });
});

describe('a run that LIST still shows as open', () => {
  it('is closed when this drive or an earlier one closed it', () => {
    expect(isClosed(logEnds(), 'r')).toBe(false);
    expect(isClosed(logEnds({ closed: new Set(['r']) }), 'r')).toBe(true);
    expect(isClosed(logEnds({ earlier: [writer(), writer({ closed: ['r'] })] }), 'r')).toBe(true);
  });
});
