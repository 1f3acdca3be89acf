import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { obsStore } from '../../../lib/ledger/store/obs-store.ts';
import type { Conditional } from '../../../lib/ledger/store/store.ts';
import { night } from '../../../testing/night.ts';
import { leaseSuite } from '../lease/lease-suite.ts';
import { ledgerSuite } from '../ledger-suite.ts';
import { createSuite } from './store-suite.ts';

/** Small pages make long lists out of few objects. */
const PAGE = 50;

const open = async (conditionalPut: Conditional) => {
  const { invocation, clock } = await night({ phones: 0, conditionalPut });
  const { clients, deps } = invocation();
  const { obs } = clients;
  const list: typeof obs.list = (bucket, prefix, options) =>
    obs.list(bucket, prefix, { page: PAGE, ...options });
  return { store: obsStore({ ...obs, list }, deps.ledger.bucket, 'a prefix/'), clock };
};

ledgerSuite('the embedded OBS', () => open('honoured'), {
  conditional: 'honoured',
  creators: 4,
  rounds: 10,
  cases: 5,
  page: PAGE,
});

describe.each(['ignored', 'refused'] as const)('conditional PUT %s:', (conditional) => {
  createSuite('the embedded OBS', async () => (await open(conditional)).store);
  leaseSuite(() => open(conditional), conditional);
});

describe.each(['honoured', 'ignored', 'refused'] as const)('tryConditional', (conditional) => {
  it(`sees that conditional PUT is ${conditional}`, async () => {
    const { store } = await open(conditional);
    await store.put('a', 'one');
    expect(await store.tryConditional('a', 'one')).toBe(conditional);
  });
});

it('creates nothing over an object for which HEAD is refused', async () => {
  const { invocation } = await night({ phones: 0, conditionalPut: 'ignored' });
  const { clients, deps } = invocation();
  const { obs } = clients;
  const head: typeof obs.head = () => Promise.reject(new PhonevaultError('access_denied', '403'));
  const store = obsStore({ ...obs, head }, deps.ledger.bucket, 'prefix/');
  await store.put('ab', 'one');
  expect(await store.create('ab', 'two')).toBe('exists');
  expect(await store.create('a', 'two')).toBe('created');
  expect((await store.get('ab'))?.body).toBe('one');
});
