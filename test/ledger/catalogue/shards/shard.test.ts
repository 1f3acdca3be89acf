import { describe, expect, it } from 'vitest';
import { shardObject } from '../../../../lib/ledger/catalogue/shards/content.ts';
import { decode, encode } from '../../../../lib/ledger/catalogue/shards/shard.ts';
import { archiveOf } from '../../../support/archives.ts';
import { T0 } from '../../../support/runs.ts';

const archives = [
  archiveOf('p1', T0),
  archiveOf('p2', T0 + 1, { image_version: '11' }),
  archiveOf('p3', T0 + 2, { flags: { suspect: true, generation: 5 } }),
  archiveOf('p4', T0 + 3, { key: 'elsewhere/p4.tar' }),
];

const content = () => {
  const [shard] = encode(archives);
  if (shard === undefined) throw new Error('no shard');
  return structuredClone(shard.content) as {
    phones: unknown[][];
    archives: unknown[][];
  };
};

const parse = (stored: object) =>
  shardObject.parse('phones/nightly/1.json', JSON.stringify({ version: 1, ...stored }));

/** Replaces a value of the first entry of a table. */
const changed = (table: 'phones' | 'archives', at: number, value: unknown): object => {
  const stored = content();
  const [first] = stored[table];
  if (first !== undefined) first[at] = value;
  return stored;
};

describe('a shard of the catalogue', () => {
  it('comes back as it was stored', () => {
    expect(decode('nightly', parse(content()))).toEqual(archives);
  });

  it.each<[string, object]>([
    ['a time that is no whole number', changed('archives', 0, 1.5)],
    ['a time before 1970', changed('archives', 0, -1)],
    ['a time of 14 digits', changed('archives', 0, 1e13)],
    ['a phone that is not in the table', changed('archives', 1, 9)],
    ['a negative phone', changed('archives', 1, -1)],
    ['a run that is not in the table', changed('archives', 2, 9)],
    ['no attempt', changed('archives', 3, null)],
    ['a size that is a text', changed('archives', 4, '1')],
    ['an ETag that is a number', changed('archives', 5, 1)],
    ['flags that are a list', changed('archives', 6, [])],
    ['a lock of no time', changed('archives', 6, { locked: 'soon' })],
    ['an entry too many', changed('archives', 7, 1)],
    ['an id of a phone that leaves its folder', changed('phones', 0, '../p1')],
    ['a phone without a name', changed('phones', 1, null)],
    ['a version that is a number', changed('phones', 2, 11)],
    ['a phone with an entry too many', changed('phones', 3, 'x')],
    ['no list of archives', { ...content(), archives: {} }],
    ['no list of phones', { ...content(), phones: 'p1' }],
  ])('is refused with %s', (_, stored) => {
    expect(() => parse(stored)).toThrow(/is invalid at/);
  });
});
