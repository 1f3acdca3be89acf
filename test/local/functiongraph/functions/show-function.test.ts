import { expect, it } from 'vitest';
import { fixture } from '../../support/functiongraph.ts';

it.each([
  ['the URN without version', (urn: string) => urn, 'backup'],
  ['the version latest', (urn: string) => `${urn}:latest`, 'backup'],
  ['an encoded URN', encodeURIComponent, 'backup'],
  ['an unknown version', (urn: string) => `${urn}:v1`, 'FSS.1052'],
  ['an unknown function', (urn: string) => `${urn}2`, 'FSS.1051'],
  ['no URN', () => 'backup', 'FSS.1309'],
])('shows the settings by %s', async (_, name, expected) => {
  const { create, call, urn } = await fixture();
  await create();
  const { body } = await call('GET', `/functions/${name(urn())}/config`);
  expect(body.func_name ?? body.error_code).toBe(expected);
});
