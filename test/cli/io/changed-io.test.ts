import { expect, it } from 'vitest';
import { changedIo } from '../../../cli/io/changed-io.ts';
import { fakeIo } from '../support/fake-io.ts';

it('replaces parts, leaves the others live, and may be changed again', () => {
  const { io } = fakeIo();
  let columns = 80;
  const live = Object.defineProperty(io, 'columns', { get: () => columns });
  const one = changedIo(live, { env: { A: '1' } });
  const two = changedIo(one, { zone: 'UTC' });
  two.env = { A: '2' };
  columns = 40;

  expect([two.columns, two.zone, two.env.A, one.env.A, io.env.A]).toEqual([
    40,
    'UTC',
    '2',
    '1',
    undefined,
  ]);
});
