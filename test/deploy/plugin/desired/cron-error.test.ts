import { describe, expect, it } from 'vitest';
import { cronError } from '../../../../deploy/plugin/desired/cron-error.js';

describe('cronError', () => {
  it.each([
    '0 30 2 * * *',
    '0 30 2 * *',
    '0 0/15 0-6 ? JAN-Mar Mon,wed',
    '*/5 * * 1,15 * ?',
    'CRON_TZ=Asia/Shanghai 0 30 2 * * *',
    '@every 1h30m',
  ])('accepts %s', (text) => {
    expect(cronError(text)).toBeUndefined();
  });

  it.each([
    ['30 2 * *', 'this one has 4'],
    ['0 30 2 * * * 2026', 'this one has 7'],
    ['0 60 2 * * *', 'the minute must be 0 to 59'],
    ['0 30 24 * * *', 'the hour must be 0 to 23'],
    ['0 30 2 0 * *', 'the day of the month must be 1 to 31'],
    ['0 30 2 * 13 *', 'the month must be 1 to 12'],
    ['0 30 2 * * 7', 'the day of the week must be 0 to 6'],
    ['0 ? 2 * * *', 'the minute must be'],
    ['0 5-1 2 * * *', 'the minute must be'],
    ['0 */0 2 * * *', 'the minute must be'],
    ['0 1- 2 * * *', 'the minute must be'],
    ['0 1,, 2 * * *', 'the minute must be'],
    ['CRON_TZ=Asia/Nowhere 0 30 2 * * *', 'Asia/Nowhere is not a time zone'],
    ['CRON_TZ=CST 0 30 2 * * *', 'CST is not a time zone'],
    ['@daily', 'use @every'],
  ])('says why FunctionGraph refuses %s', (text, why) => {
    expect(cronError(text)).toContain(why);
  });
});
