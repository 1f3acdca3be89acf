import { describe, expect, it } from 'vitest';
import {
  type Inventory,
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/state/inventory.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { cacheSuite } from './cache-suite.ts';

const inventory: Inventory = {
  ...startInventory(T0, undefined),
  finished_at: T0 + MINUTE,
  phones: [{ phone_id: 'p1', phone_name: 'game-1', server_id: 's1', status: 'running' }],
};

cacheSuite('the inventory of the whole fleet', {
  key: 'state/inventory/all.json',
  write: (store) => saveInventory(store, inventory),
  read: (store) => loadInventory(store, undefined),
  value: inventory,
});

cacheSuite('the inventory of one server', {
  key: 'state/inventory/server-s1.json',
  write: (store) => saveInventory(store, { ...inventory, server_id: 's1' }),
  read: (store) => loadInventory(store, 's1'),
  value: { ...inventory, server_id: 's1' },
});

describe('startInventory', () => {
  it.each([
    [undefined, {}],
    ['s1', { server_id: 's1' }],
  ])('starts reading server %s at its first phone', (server, scope) => {
    expect(startInventory(T0, server)).toStrictEqual({
      ...scope,
      started_at: T0,
      complete: true,
      offset: 0,
      passes: 1,
      pages: 0,
      phones: [],
    });
  });
});
