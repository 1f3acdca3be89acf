import { expect, it } from 'vitest';
import { fixture, zipOf } from '../../support/functiongraph.ts';

it('replaces the code, and returns a conflict for the same code', async () => {
  const { create, call, urn } = await fixture();
  const before = (await create()).body.digest;
  const other = { code_type: 'zip', func_code: { file: zipOf({ 'index.js': 'exports.h = 1;' }) } };
  const changed = await call('PUT', `/functions/${urn()}/code`, other);
  expect(changed.status).toBe(200);
  expect(changed.body.digest).not.toBe(before);
  const again = await call('PUT', `/functions/${urn()}/code`, other);
  expect([again.status, again.body.error_code]).toEqual([409, 'FSS.0409']);
});
