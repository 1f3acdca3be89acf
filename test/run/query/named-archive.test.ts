import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { archivesOfPhone, namedArchive } from '../../../lib/run/query/named-archive.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';

const own = { phone_name: 'one' };
const first = archiveOf('p1', 1_000, own);
const second = archiveOf('p1', 2_000, own);
const left = archiveOf('p1', 3_000, {
  ...own,
  key: 'a/left-1.tar',
  flags: { leftover: 'orphaned' },
});
const twins = [
  archiveOf('p2', 1_000, { phone_name: 'twin' }),
  archiveOf('p3', 2_000, { phone_name: 'twin', policy: 'weekly' }),
];

async function ledger() {
  const store = memoryStore(playClock(0));
  await addArchives(store, [first, second, left, ...twins]);
  return store;
}

describe('namedArchive', () => {
  it.each([
    ['the newest archive of a phone by its name', 'one', undefined, second],
    ['or by its id', 'p1', undefined, second],
    ['as of some time', 'one', 1_500, first],
    ['an archive by its key', first.key, undefined, first],
    ['or by its whole address', `obs://${first.bucket}/${first.key}`, undefined, first],
    ['also one that is no backup, by its key', left.key, undefined, left],
  ])('returns %s', async (_, what, at, archive) => {
    expect(await namedArchive(await ledger(), what, at)).toEqual(archive);
  });

  it.each([
    ['a phone without archives', 'nobody', undefined],
    ['a time before its first archive', 'one', 500],
    ['an unknown key', 'a/b.tar', undefined],
    ['a name that belongs to several phones', 'twin', undefined],
  ])('throws not_found for %s', async (_, what, at) => {
    await expect(namedArchive(await ledger(), what, at)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('archivesOfPhone', () => {
  it('names the phones among which a name does not decide', async () => {
    await expect(archivesOfPhone(await ledger(), 'twin', {})).rejects.toMatchObject({
      message: '2 phones are or were named twin',
      hint: 'give the id of one: p3, p2',
    });
  });

  it('takes the phone that the policy, the run or the time decides for', async () => {
    const store = await ledger();
    for (const filter of [{ policy: 'weekly' }, { run: twins[1]?.run_id }]) {
      expect(await archivesOfPhone(store, 'twin', filter)).toEqual([twins[1]]);
    }
    expect(await archivesOfPhone(store, 'twin', { at: 1_500 })).toEqual([twins[0]]);
  });
});
