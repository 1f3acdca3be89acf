import { expect, it } from 'vitest';
import {
  isInventoryRequest,
  readInventoryRequest,
  requestInventory,
} from '../../../lib/ledger/hints/inventory-request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { hintSuite } from './hint-suite.ts';

const request = { policy: 'nightly', requested_at: T0 };
const later = { policy: 'nightly', requested_at: T0 + MINUTE };

hintSuite('a fleet to read again', {
  id: 'inventory-nightly',
  put: (store) => requestInventory(store, request),
  read: readInventoryRequest,
  value: request,
  is: isInventoryRequest,
});

it('returns the pending request until it is deleted', async () => {
  const store = memoryStore(playClock());
  expect(await requestInventory(store, request)).toEqual(request);
  expect(await requestInventory(store, later)).toEqual(request);
  await store.remove([layout.hint('inventory-nightly')]);
  expect(await requestInventory(store, later)).toEqual(later);
  expect(await readInventoryRequest(store, 'inventory-nightly')).toEqual(later);
});

it('returns its own request when the pending one is deleted meanwhile', async () => {
  const store = memoryStore(playClock());
  await requestInventory(store, request);
  const get = async () => undefined;
  expect(await requestInventory({ ...store, get }, later)).toEqual(later);
});
