import { expect, it } from 'vitest';
import { fixPhone, whyPhone, whyRun } from '../../../cli/show/why-text.ts';

it.each([
  ['nothing', undefined, undefined, ''],
  [
    'the words and the code of the service',
    'job_failed',
    'CPS.0107',
    'CPH could not write to OBS (CPS.0107)',
  ],
  ['a state, which says it itself', 'stopped', undefined, 'stopped'],
  ['what this version does not know', 'odd', 'X.1', 'odd X.1'],
])('says why a phone failed: %s', (_, reason, code, expected) => {
  expect(whyPhone({ state: 'failed', reason, code }, 'en')).toBe(expected);
});

it('says what to do about a reason, and nothing without one', () => {
  expect(fixPhone({ state: 'failed', reason: 'job_failed', code: 'CPS.0053' }, 'en')).toMatch(
    /^Unfreeze/,
  );
  expect(fixPhone({ state: 'failed' }, 'en')).toBeUndefined();
});

it('says why a run did not start', () => {
  expect(whyRun('too_many_phones', 'en')).toBe(
    'the policy selects more than max_phones (too_many_phones)',
  );
  expect(whyRun('odd', 'en')).toBe('odd');
});

it('says it in Chinese', () => {
  const phone = { state: 'failed', reason: 'job_failed', code: 'CPS.0107' };
  expect(whyPhone(phone, 'zh')).toBe('CPH 无法写入 OBS（CPS.0107）');
});
