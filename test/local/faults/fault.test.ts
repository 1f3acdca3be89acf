import { expect, it } from 'vitest';
import { faultSchema } from '../../../local/faults/fault.ts';

it.each([
  [{ service: 'cph', kind: 'job_failed', code: 'CPS.0107', rate: 0.05 }, true],
  [{ service: 'obs', kind: 'corrupt_response', form: 'list_duplicated' }, true],
  [{ service: 'ecs', kind: 'error' }, false],
  [{ service: 'cph', kind: 'flood' }, false],
  [{ service: 'cph', kind: 'error', rate: 2 }, false],
  [{ service: 'cph', kind: 'error', status: 199 }, false],
  [{ service: 'cph', kind: 'corrupt_response', form: 'other' }, false],
  [{ service: 'cph', kind: 'error', often: true }, false],
])('accepts %j: %s', (fault, isValid) => {
  expect(faultSchema.safeParse(fault).success).toBe(isValid);
});
