import { expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

it('lists functions by part of the name, a page at a time', async () => {
  const { create, call } = await fixture();
  for (const func_name of ['backup', 'backups', 'other']) await create({ func_name });
  const list = async (query: string) => (await call('GET', `/functions?${query}`)).body;
  expect(await list('func_name=back&maxitems=1')).toMatchObject({
    count: 2,
    next_marker: 1,
    functions: [{ func_name: 'backup' }],
  });
  expect(await list('func_name=back&marker=1')).toMatchObject({
    next_marker: 2,
    functions: [{ func_name: 'backups' }],
  });
  expect((await list('package_name=none')).count).toBe(0);
  for (const query of ['maxitems=0', 'marker=x']) {
    expect((await list(query)).error_code).toBe('FSS.0400');
  }
});
