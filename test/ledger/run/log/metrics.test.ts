import { describe, expect, it } from 'vitest';
import {
  addCall,
  addMetrics,
  metricsSchema,
  noMetrics,
} from '../../../../lib/ledger/run/log/metrics.ts';

describe('metrics', () => {
  it('count calls by service, operation and result', () => {
    const sum = noMetrics();
    addCall(sum, { service: 'obs', operation: 'GetObject', result: 'ok' });
    addCall(sum, { service: 'obs', operation: 'GetObject', result: 'ok' });
    addCall(sum, { service: 'obs', operation: 'GetObject', result: 'failed' });
    addCall(sum, { service: 'obs', operation: 'PutObject', result: 'refused' }, 3);
    addCall(sum, { service: 'cph', operation: 'list-jobs', result: 'throttled' }, 0);
    expect(sum).toEqual({
      calls: {
        obs: {
          GetObject: { ok: 2, refused: 0, throttled: 0, failed: 1 },
          PutObject: { ok: 0, refused: 3, throttled: 0, failed: 0 },
        },
        cph: { 'list-jobs': { ok: 0, refused: 0, throttled: 0, failed: 0 } },
      },
      ...{ retries: 0, throttled_ms: 0, function_ms: 0 },
    });
    expect(metricsSchema.parse(sum)).toEqual(sum);
  });

  it('are summed without changing what is added', () => {
    const one = { ...noMetrics(), retries: 1, throttled_ms: 20, function_ms: 300 };
    addCall(one, { service: 'obs', operation: 'GetObject', result: 'ok' }, 2);
    const before = structuredClone(one);
    const sum = noMetrics();
    addMetrics(sum, one);
    addMetrics(sum, one);
    expect(one).toEqual(before);
    expect(sum).toEqual({
      calls: { obs: { GetObject: { ok: 4, refused: 0, throttled: 0, failed: 0 } } },
      ...{ retries: 2, throttled_ms: 40, function_ms: 600 },
    });
  });

  it('may use any service name, such as constructor, without changing a prototype', () => {
    const sum = noMetrics();
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      addMetrics(sum, {
        ...noMetrics(),
        calls: { [name]: { prototype: { ok: 1, refused: 0, throttled: 0, failed: 0 } } },
      });
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.keys(Function.prototype)).toEqual([]);
    expect(sum.calls['toString']).toEqual({
      prototype: { ok: 1, refused: 0, throttled: 0, failed: 0 },
    });
    expect(Object.keys(sum.calls)).toHaveLength(3);
    expect(metricsSchema.parse(structuredClone(sum))).toEqual(sum);
  });

  it.each([
    { ...noMetrics(), retries: -1 },
    { ...noMetrics(), function_ms: 0.5 },
    { ...noMetrics(), calls: { '../x': {} } },
    { ...noMetrics(), calls: { obs: { GetObject: { ok: 1 } } } },
    { calls: {} },
  ])('reject %j', (odd) => {
    expect(metricsSchema.safeParse(odd).success).toBe(false);
  });
});
