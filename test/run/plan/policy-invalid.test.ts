import { describe, expect, it } from 'vitest';
import type { ValidationError } from '../../../lib/policy/parse/parse.ts';
import { PolicyInvalid } from '../../../lib/run/plan/policy-invalid.ts';

const fault = (message: string, changes: Partial<ValidationError> = {}): ValidationError => ({
  ...{ path: 'x', found: 'nothing', allowed: 'something', message },
  ...changes,
});

describe('PolicyInvalid', () => {
  it('tells every fault on a line of its own, with its place and what to do as far as they are known', () => {
    const faults = [
      fault('name: is missing'),
      fault('deadlin: is no field', { line: 3, column: 7, hint: 'Did you mean deadline?' }),
      fault('schedule: is wrong', { line: 4 }),
    ];
    const error = new PolicyInvalid('nightly', faults);
    expect(error.message.split('\n')).toEqual([
      'the policy nightly has faults',
      'name: is missing',
      'line 3, column 7: deadlin: is no field Did you mean deadline?',
      'line 4, column 1: schedule: is wrong',
    ]);
    expect(error.errors).toBe(faults);
    expect(error).toMatchObject({ code: 'policy_invalid', retryable: false });
    expect(error.hint).toContain('`phonevault validate`');
  });
});
