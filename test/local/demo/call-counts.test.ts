import { expect, it } from 'vitest';
import { sumCalls } from '../../../local/demo/call-counts.ts';

it('sums up the calls of each service, the busiest first', () => {
  const counts = {
    cph: { 'list-jobs': { ok: 3, refused: 1 }, tags: { ok: 1, refused: 0 } },
    iam: { 'create-token': { ok: 0, refused: 0 } },
    obs: { PutObject: { ok: 10, refused: 2 } },
  };
  expect(sumCalls(counts)).toEqual({
    total: 17,
    refused: 3,
    services: [
      { name: 'obs', total: 12 },
      { name: 'cph', total: 5 },
    ],
  });
});
