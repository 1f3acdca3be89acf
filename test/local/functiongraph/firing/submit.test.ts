import { expect, it } from 'vitest';
import { submitEvent } from '../../../../local/functiongraph/firing/submit.ts';
import { firingFixture } from '../../support/firing.ts';

it('submits an event with the request id, unless the function was deleted', () => {
  const { deps, add, events, record } = firingFixture();
  const trigger = add('TIMER', {});
  submitEvent(deps, trigger, (requestId) => ({ requestId }));
  deps.functions.remove(record);
  submitEvent(deps, trigger, (requestId) => ({ requestId }));
  expect(events).toEqual([{ requestId: 'r1' }]);
});
