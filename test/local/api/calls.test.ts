import { expect, it } from 'vitest';
import { createCalls } from '../../../local/api/calls.ts';

it('counts known operations from zero, and others from their first call', () => {
  const calls = createCalls();
  calls.count('cph', 'batch-storage', 'ok');
  calls.count('cph', 'batch-storage', 'refused');
  calls.count('other', 'new', 'ok');
  const counts = calls.counts();
  expect(counts).toMatchObject({
    cph: { 'batch-storage': { ok: 1, refused: 1 }, 'batch-restore': { ok: 0, refused: 0 } },
    smn: { publish: { ok: 0, refused: 0 } },
    functiongraph: { createFunction: { ok: 0, refused: 0 } },
    other: { new: { ok: 1, refused: 0 } },
  });
  calls.count('cph', 'batch-storage', 'ok');
  expect(counts['cph']?.['batch-storage']?.ok).toBe(1);
});
