import { describe, expect, it } from 'vitest';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import type { Fault } from '../../../local/faults/fault.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createTime } from '../../../local/simulation/time.ts';
import { manualClock } from '../support/clock.ts';

function fixture(...given: Fault[]) {
  const clock = manualClock();
  const registry = createFaultRegistry({
    random: createRandom(1, 'faults'),
    time: createTime(clock),
  });
  for (const fault of given) registry.add(fault);
  return { clock, registry };
}

describe('the fault registry', () => {
  it('affects only its service and operation, at most `times` calls', () => {
    const { registry } = fixture({
      service: 'cph',
      operation: 'batch-storage',
      kind: 'error',
      times: 2,
    });
    const calls = [
      ['smn', 'batch-storage'],
      ['cph', 'list-jobs'],
      ['cph', 'batch-storage'],
      ['cph', 'batch-storage'],
      ['cph', 'batch-storage'],
    ] as const;
    const kinds = calls.map(([service, operation]) => registry.intercept(service, operation)?.kind);
    expect(kinds).toEqual([undefined, undefined, 'error', 'error', undefined]);
  });

  it('affects about the share of calls that its rate says, the same ones for the same seed', () => {
    const hits = () => {
      const { registry } = fixture({ service: 'cph', kind: 'error', rate: 0.3 });
      return Array.from({ length: 500 }, () => registry.intercept('cph', 'x') !== undefined);
    };
    const count = hits().filter(Boolean).length;
    expect(count).toBeGreaterThan(110);
    expect(count).toBeLessThan(190);
    expect(hits()).toEqual(hits());
  });

  it('affects only calls over its rate per minute', () => {
    const { registry, clock } = fixture({ service: 'cph', kind: 'throttle', per_minute: 1 });
    const isHit = () => registry.intercept('cph', 'x') !== undefined;
    expect([isHit(), isHit()]).toEqual([false, true]);
    clock.move(60_000);
    expect(isHit()).toBe(false);
  });

  it('selects phones by id, for one operation or all', () => {
    const { registry } = fixture(
      { service: 'cph', kind: 'job_failed', phones: ['a'], operation: 'batch-restore' },
      { service: 'cph', kind: 'item_error', phones: ['b'], times: 1 },
    );
    expect(registry.forPhone('job_failed', 'a', 'batch-storage')).toBeUndefined();
    expect(registry.forPhone('job_failed', 'a', 'batch-restore')).toBeDefined();
    expect(registry.forPhone('job_failed', 'b', 'batch-restore')).toBeUndefined();
    expect(registry.forPhone('item_error', 'b')).toBeDefined();
    expect(registry.forPhone('item_error', 'b')).toBeUndefined();
    expect(registry.intercept('cph', 'batch-restore')).toBeUndefined();
  });

  it('is empty after a clear', () => {
    const { registry } = fixture({ service: 'cph', kind: 'hang' });
    registry.clear();
    expect(registry.intercept('cph', 'x')).toBeUndefined();
  });
});
