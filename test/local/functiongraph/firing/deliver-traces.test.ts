import { expect, it } from 'vitest';
import { deliverTrace } from '../../../../local/functiongraph/firing/deliver-traces.ts';
import { START } from '../../support/clock.ts';
import { firingFixture } from '../../support/firing.ts';

const trace = (trace_name: string) => ({
  service_type: 'CPH',
  resource_type: 'phone',
  trace_name,
  event: { cts: { trace_name, time: START + 1_000, request: { time: '2026-01-02T02:30:01Z' } } },
});

it('submits a trace to the functions that subscribe to its kind, in simulated time', () => {
  const { deps, add, events, clock } = firingFixture(60);
  add('CTS', { name: 'phones', operations: ['CPH:phone:createCloudPhone'] });
  add('CTS', { name: 'others', operations: ['ECS:phone:createCloudPhone', 'CPH:server:create'] });
  clock.move(1_000);
  for (const name of ['createCloudPhone', 'resetCloudPhone']) deliverTrace(deps, trace(name));
  expect(events).toEqual([
    {
      cts: {
        trace_name: 'createCloudPhone',
        time: START + 60_000,
        request: { time: '2026-01-02T02:31:00.000Z' },
      },
    },
  ]);
});
