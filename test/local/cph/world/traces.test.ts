import { expect, it } from 'vitest';
import { createTraces } from '../../../../local/cph/world/traces.ts';
import { createRandom } from '../../../../local/simulation/random.ts';

const fixture = (onTrace?: () => void) =>
  createTraces({
    random: createRandom(1, 'traces'),
    projectId: 'p1',
    domain: { id: 'd1', name: 'demo' },
    user: { id: 'u1', name: 'robot' },
    onTrace,
  });

it('records traces in the form of CTS and calls the listeners', () => {
  let calls = 0;
  const traces = fixture(() => void (calls += 1));
  traces.listen(() => void (calls += 1));
  const trace = traces.record('resetCloudPhone', { id: 'phone1', name: 'game-1' }, 5);
  expect(trace).toMatchObject({
    time: 5,
    trace_name: 'resetCloudPhone',
    service_type: 'CPH',
    resource_type: 'phone',
    resource_id: 'phone1',
    user: { name: 'robot', domain: { id: 'd1' } },
  });
  expect(trace['trace_id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect([traces.list(), calls]).toEqual([[trace], 2]);
});

it('keeps the last 10,000 traces', () => {
  const traces = fixture();
  for (let at = 0; at <= 10_000; at += 1)
    traces.record('createCloudPhone', { id: 'p', name: '' }, at);
  expect(traces.list()).toHaveLength(10_000);
  expect(traces.list()[0]).toMatchObject({ time: 1 });
});
