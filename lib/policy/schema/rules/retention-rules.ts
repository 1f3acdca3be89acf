import type { Finding } from '../../parse/validation-error.ts';
import type { Draft } from './draft.ts';
import { retention as schema } from '../retention.ts';

const AGE = 'retention_duration_days';
const PERIODS = ['day_backups', 'week_backups', 'month_backups', 'year_backups'];
const COUNTS = ['max_backups', ...PERIODS];
const OTHERS = Object.keys(schema.shape).filter((field) => ![AGE, ...COUNTS].includes(field));

/** Returns the errors between the fields of `retention`: no rule, age together with counts, periods without a time zone. */
export function retentionErrors(draft: Draft): Finding[] {
  const retention = draft.mapping(['retention']);
  if (retention === undefined) return [];
  const given = (field: string): boolean => field in retention;
  const counts = COUNTS.filter(given);
  if (!given(AGE) && counts.length === 0) {
    return draft.hidesFields(['retention']) ? [] : [noRule(retention)];
  }
  const errors: Finding[] = [];
  if (given(AGE) && counts.length > 0) {
    errors.push({
      path: ['retention', AGE],
      at: 'key',
      message: `${AGE} cannot be combined with counts`,
      found: `${AGE} and ${counts.join(', ')}`,
      allowed: `${AGE} or counts`,
      hint: 'Keep one of the two.',
    });
  }
  const periods = PERIODS.filter(given);
  if (periods.length > 0 && !given('timezone')) {
    const zone = draft.text(['schedule', 'timezone']);
    errors.push({
      path: ['retention'],
      at: 'key',
      message: `${periods.join(', ')}: the time zone is missing`,
      found: 'no timezone',
      allowed: 'timezone, which says when a day begins',
      hint: `Add timezone: ${zone ?? 'Asia/Shanghai'}.`,
    });
  }
  return errors;
}

function noRule(retention: Record<string, unknown>): Finding {
  const fields = Object.keys(retention);
  const isMisspelt = fields.some((field) => !OTHERS.includes(field));
  return {
    path: ['retention'],
    at: 'key',
    message: 'no rule says what to keep',
    found: fields.length === 0 ? 'an empty mapping' : `only ${fields.join(', ')}`,
    allowed: `at least one of ${[AGE, ...COUNTS].join(', ')}`,
    // The error of the unknown field says which one is meant.
    hint: isMisspelt ? undefined : 'To keep all archives, remove retention.',
  };
}
