import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { putReport } from '../../support/reports.ts';

const RUN = 'nightly-20260101t183000z';

/** A ledger with one open run. `within` replaces methods of its store. */
async function scene(within: (store: Store) => Partial<Store> = () => ({})) {
  const { store } = inboxScene();
  await store.put(layout.request(RUN), '{}');
  const used = { ...store, ...within(store) };
  return { store, cancel: (runId = RUN) => requestCancel(used, runId) };
}

const cancels = (store: Store) => store.list('open/cancel/');

describe('requestCancel', () => {
  it('writes the cancel object of an open run, however often it is requested', async () => {
    const { cancel, store } = await scene();
    expect(await cancel()).toBe('requested');
    expect(await cancel()).toBe('requested');
    const body = (await store.get(layout.cancel(RUN)))?.body ?? '';
    expect(JSON.parse(body)).toEqual({ version: 1, run_id: RUN });
  });

  it('cancels a run that LIST does not show yet', async () => {
    const { cancel, store } = await scene(() => ({ list: async () => [] }));
    expect(await cancel()).toBe('requested');
    expect(await cancels(store)).toHaveLength(1);
    await putReport(store, RUN, []);
    expect(await cancel()).toBe('settled');
  });

  it('writes nothing for a run that is settled and not yet closed', async () => {
    const { cancel, store } = await scene();
    await putReport(store, RUN, []);
    expect(await cancel()).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });

  it('reports a closed run as settled only when it has a report', async () => {
    const { cancel, store } = await scene();
    await store.remove([layout.request(RUN)]);
    expect(await cancel()).toBe('not_found');
    await putReport(store, RUN, []);
    expect(await cancel()).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });

  it.each(['nightly-20260102t183000z', '../policies/nightly', 'a'.repeat(90), ''])(
    'writes nothing for run "%s", which does not exist',
    async (runId) => {
      const { cancel, store } = await scene();
      await putReport(store, '../policies/nightly', []);
      await store.put(layout.request('a'.repeat(90)), '{}');
      expect(await cancel(runId)).toBe('not_found');
      expect(await cancels(store)).toEqual([]);
    },
  );

  it('finds the report of a run that is closed during the request', async () => {
    const { cancel } = await scene((store) => ({
      list: async (prefix, options) => {
        const found = await store.list(prefix, options);
        if (prefix === layout.request(RUN)) {
          await putReport(store, RUN, []);
          await store.remove([layout.request(RUN)]);
        }
        return found;
      },
    }));
    expect(await cancel()).toBe('settled');
  });

  it('removes the cancel object again when the run settles at the same moment', async () => {
    const { cancel, store } = await scene((own) => ({
      put: async (key, body) => {
        if (key === layout.cancel(RUN)) await putReport(own, RUN, []);
        await own.put(key, body);
      },
    }));
    expect(await cancel()).toBe('settled');
    expect(await cancels(store)).toEqual([]);
  });
});
