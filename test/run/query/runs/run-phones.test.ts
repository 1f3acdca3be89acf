import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { readReported, settledPhones } from '../../../../lib/run/query/runs/run-phones.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { faultNames, problemWith, withObjectFault } from '../../../support/fake-stores.ts';
import { exportedPhone, putReport } from '../../../support/reports.ts';
import { T0 } from '../../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';

async function large() {
  const store = memoryStore(playClock(T0));
  const phones = Array.from({ length: 2_001 }, (_, n) => exportedPhone(`p${n}`));
  return { store, phones, report: await putReport(store, RUN, phones) };
}

describe('readReported', () => {
  it('returns the phones of all pages in order', async () => {
    const { store, phones, report } = await large();
    expect(await readReported(store, report)).toEqual({ phones, unreadable: [] });
  });

  it.each(faultNames)('leaves out a page with %s, and returns its error', async (fault) => {
    const { store, phones, report } = await large();
    const second = report.pages?.[1] ?? '';
    const { phones: read, unreadable } = await readReported(
      withObjectFault(store, second, fault),
      report,
    );
    expect(read).toEqual([...phones.slice(0, 1_000), ...phones.slice(2_000)]);
    expect(unreadable).toMatchObject([problemWith(second, fault)]);
  });
});

describe('settledPhones', () => {
  it('returns phones without names when there is no plan', async () => {
    const { store, report } = await large();
    const { phones, unreadable } = await settledPhones(store, { report });
    expect(phones[0]).toMatchObject({ phone_id: 'p0', phone_name: '', state: 'exported' });
    expect(unreadable).toEqual([]);
  });
});
