import { expect } from 'vitest';
import { layout } from '../../lib/ledger/layout.ts';
import type { Report, ReportedPhone } from '../../lib/ledger/report.ts';
import type { Night } from './night.ts';

/** What must hold at the end of every night, however it went. */
export async function expectSound(
  { cloud, invocation, exports }: Night,
  { report, phones }: { report: Report; phones: ReportedPhone[] },
): Promise<void> {
  const { store } = invocation().deps;
  expect((await store.list('open/')).map((object) => object.key)).toEqual([]);
  expect(new Set(phones.map((phone) => phone.phone_id)).size).toBe(report.counts.selected);

  const kept = phones.flatMap((phone) => (phone.key === undefined ? [] : [phone.key]));
  const loose = phones.flatMap((phone) => phone.unconfirmed_archive ?? []);
  const archives = (await cloud.backend.list(cloud.bucket, 'nightly/')).map((object) => object.key);
  const late = await store.list(`${layout.run(report.run_id)}late/`);
  expect([...kept, ...loose].sort()).toEqual(archives.sort());
  expect(late).toEqual([]);
  for (const phone of phones) {
    if (phone.outcome !== 'exported') continue;
    const stat = await cloud.backend.stat(phone.bucket ?? '', phone.key ?? '');
    expect(stat).toMatchObject({ size: phone.size, etag: phone.etag });
  }

  const used = exports.filter(({ accepted }) => accepted).map(({ key }) => key);
  expect(used.filter((key, index) => used.indexOf(key) !== index)).toEqual([]);
  expect(exports.filter(({ accepted }) => !accepted)).toEqual([]);

  const ids = (await cloud.control.messages()).map((message) => {
    const structure = JSON.parse(message.message_structure ?? '') as { https: string };
    return (JSON.parse(structure.https) as { id: string }).id;
  });
  expect(ids.length).toBeGreaterThanOrEqual(1);
  expect(ids.length).toBeLessThanOrEqual(2);
  expect(new Set(ids).size).toBe(1);
}
