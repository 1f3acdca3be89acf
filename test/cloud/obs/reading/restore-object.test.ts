import { expect, it } from 'vitest';
import { BUCKET, startObs, xml } from '../../support/obs-server.ts';

const ORDER = { days: 2, tier: 'expedited' as const };

it.each([
  ['expedited', 'Expedited'],
  ['standard', 'Standard'],
] as const)('asks for an object to become readable with the tier %s', async (tier, name) => {
  const { obs, received } = await startObs(() => ({ status: 202 }));
  await obs.restoreObject(BUCKET, 'a/k.tar', { days: 2, tier });
  const [one] = received;
  expect([one?.method, one?.path]).toEqual(['POST', expect.stringContaining('/a/k.tar?restore')]);
  expect(one?.body.toString()).toContain('<Days>2</Days>');
  expect(one?.body.toString()).toContain(`<Tier>${name}</Tier>`);
});

it.each(['RestoreAlreadyInProgress', 'ObjectHasAlreadyRestored'])(
  'takes %s for a success: somebody asked before',
  async (code) => {
    const { obs, received } = await startObs(() => xml(409, code));
    await expect(obs.restoreObject(BUCKET, 'k', ORDER)).resolves.toBeUndefined();
    expect(received).toHaveLength(1);
  },
);

it.each([
  [403, 'AccessDenied', 'access_denied', 1],
  [403, 'InvalidObjectState', 'access_denied', 1],
  [404, 'NoSuchKey', 'not_found', 1],
  [503, 'GlacierExpeditedRetrievalNotAvailable', 'service', 3],
])('throws for %i %s', async (status, serviceCode, code, calls) => {
  const { obs, received } = await startObs(() => xml(status, serviceCode));
  await expect(obs.restoreObject(BUCKET, 'k', ORDER)).rejects.toMatchObject({ code, serviceCode });
  expect(received).toHaveLength(calls);
});
