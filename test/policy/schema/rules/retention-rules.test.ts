import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../../lib/policy/parse/parse.ts';
import { context, errorsOf, SMALLEST } from '../../support/errors.ts';

const withRetention = (retention: string, more = ''): string =>
  `${SMALLEST}${more}retention: ${retention}\n`;
const messages = (text: string) =>
  errorsOf(text).map(({ message, hint }) => [message, hint ?? ''].join(' | '));

describe('retention', () => {
  test.each<[retention: string, message: string]>([
    ['{}', 'retention: no rule says what to keep | To keep all archives, remove retention.'],
    [
      '{ timezone: UTC }',
      'retention: no rule says what to keep | To keep all archives, remove retention.',
    ],
    [
      '{ max_backups: 0 }',
      'retention.max_backups: found the number 0, expected a whole number from 1 to 99999 | ',
    ],
    [
      '{ retention_duration_days: 30, max_backups: 3 }',
      'retention.retention_duration_days: retention_duration_days cannot be combined with counts | Keep one of the two.',
    ],
    [
      '{ day_backups: 7, week_backups: 4 }',
      'retention: day_backups, week_backups: the time zone is missing | Add timezone: Asia/Shanghai.',
    ],
    ['{ max_backups: 3, trash: 5m }', 'retention.trash: found "5m"'],
    ['{ max_backups: 3, max_delete: 0% }', 'retention.max_delete: found "0%"'],
    ['{ max_backup: 3, max_backups: 3 }', 'retention.max_backup: unknown field'],
    ['{ day_backups: 1, timezone: CST }', 'retention.timezone: "CST" is not an IANA time zone'],
  ])('%s is one clear error', (retention, message) => {
    const found = messages(withRetention(retention));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test.each([
    ['{ day_backup: 7 }', 'retention.day_backup: unknown field | Did you mean day_backups?'],
    ['\n  <<: { day_backups: 7 }', 'retention["<<"]: YAML merge keys are not allowed'],
  ])('never advises to remove %s, whose rule cannot be read', (retention, expected) => {
    const found = messages(withRetention(retention));
    expect(found.some((message) => message.includes(expected))).toBe(true);
    expect(found.filter((message) => message.includes('remove retention'))).toEqual([]);
  });

  test("suggests the schedule's zone", () => {
    const schedule = 'schedule: { cron: "0 30 2 * * *", timezone: Europe/Berlin }\n';
    const [message] = messages(withRetention('{ day_backups: 7 }', schedule));
    expect(message).toContain('Add timezone: Europe/Berlin.');
  });

  test.each(['{ max_backups: 3 }', '{ retention_duration_days: 30 }'])(
    '%s needs no zone',
    (retention) => {
      expect(errorsOf(withRetention(retention))).toEqual([]);
    },
  );

  test('has its defaults', () => {
    const parsed = parsePolicy(withRetention('{ max_backups: 3, trash: 7d }'), context);
    const retention = { max_backups: 3, trash: 7 * 86_400_000, manual: false, max_delete: 20 };
    expect(parsed).toMatchObject({ ok: true, policy: { retention } });
  });
});
