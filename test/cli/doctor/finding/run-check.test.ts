import { describe, expect, it } from 'vitest';
import { ok } from '../../../../cli/doctor/finding/finding.ts';
import { runCheck } from '../../../../cli/doctor/finding/run-check.ts';
import { ServiceError } from '../../../../lib/errors.ts';

const facts = { service: 'cph', operation: 'list', carriedOut: 'no' } as const;
const soon = { now: () => 0, sleep: async () => undefined };
const never = { now: () => 0, sleep: () => new Promise<void>(() => undefined) };
const check = (run: () => Promise<never>) => runCheck({ name: 'x', limitMs: 5_000, run }, never);

describe('runCheck', () => {
  it('returns the findings of the check', async () => {
    const found = [{ check: 'x', ...ok('fine') }];
    expect(await runCheck({ name: 'x', run: async () => found }, never)).toEqual(found);
  });

  it('returns unknown for a check that exceeds its time limit', async () => {
    const run = () => new Promise<never>(() => undefined);
    const [finding] = await runCheck({ name: 'x', limitMs: 5_000, run }, soon);
    expect(finding).toMatchObject({
      check: 'x',
      outcome: 'unknown',
      message: 'no result within 5 s',
    });
  });

  it("turns Phonevault's errors into verdicts", async () => {
    const passing = new ServiceError('unreachable', 'cph list: no response', facts, {
      retryable: true,
    });
    const lasting = new ServiceError('service', 'cph list: CPS.0002', facts);
    expect(await check(() => Promise.reject(passing))).toMatchObject([{ outcome: 'unknown' }]);
    expect(await check(() => Promise.reject(lasting))).toMatchObject([
      { outcome: 'failed', message: 'cph list: CPS.0002' },
    ]);
  });

  it('fails on any other error without printing its text', async () => {
    const found = await check(() => Promise.reject(new TypeError('sk=abcdef')));
    expect(found).toMatchObject([{ outcome: 'failed', message: 'unexpected TypeError' }]);
  });
});
