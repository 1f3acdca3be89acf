import { describe, expect, it } from 'vitest';
import { runsText } from '../../../../cli/show/runs/runs-text.ts';
import type { RunSummary } from '../../../../lib/run/query/schemas/run.ts';
import { fakeIo } from '../../support/fake-io.ts';

const problem = (n: number) => ({
  key: `state/runs/${n}.json`,
  code: 'object_unreadable',
  message: `state/runs/${n}.json cannot be read: obs GetObject failed: 403 AccessDenied, request 0001`,
  hint: "Grant the functions' agency obs:object:GetObject for it.",
});
const run = (n: number): RunSummary => ({
  ...{ run_id: `nightly-${n}`, policy: 'nightly', trigger: null, slot: null, phase: 'settled' },
  ...{ cancelling: false, outcome: 'partial', started_at: null, settled_at: null },
  ...{ counts: null, progress: null, unreadable: [problem(n)] },
});

describe('the table of runs', () => {
  it('marks a run whose entry cannot be read, and says why and what to do, in 80 columns', () => {
    const { io } = fakeIo({ columns: 80 });
    expect(runsText(io, [run(1)]).split('\n')).toEqual([
      'run        outcome               done  started (Berlin)  took  trigger',
      'nightly-1  partial (unreadable)',
      '',
      '  unreadable  state/runs/1.json cannot be read: obs GetObject failed: 403',
      '              AccessDenied, request 0001',
      "  fix         Grant the functions' agency obs:object:GetObject for it.",
    ]);
  });

  it('describes the first ten unreadable objects', () => {
    const { io } = fakeIo();
    const text = runsText(
      io,
      Array.from({ length: 12 }, (_, n) => run(n)),
    );
    expect(text.match(/fix/g)).toHaveLength(10);
    expect(text).toContain('… and 2 more: --json lists them');
  });
});
