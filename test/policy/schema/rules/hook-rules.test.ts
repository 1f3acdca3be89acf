import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../../../lib/policy/parse/parse.ts';
import { context, errorsOf, SMALLEST } from '../../support/errors.ts';

const withHooks = (hooks: string): string => `${SMALLEST}hooks: ${hooks}\n`;
const messages = (text: string) =>
  errorsOf(text).map(({ message, hint }) => [message, hint ?? ''].join(' | '));

describe('hooks', () => {
  test.each<[hooks: string, message: string]>([
    ['{}', 'hooks: no hook has a command | To run no commands, remove hooks.'],
    ['{ timeout: 1m }', 'hooks: no hook has a command | To run no commands, remove hooks.'],
    ['{ before: [] }', 'hooks.before: found an empty list'],
    ['{ before: ["sync; reboot"] }', 'hooks.before[0]: found ";" in the command'],
    ['{ before: ["  "] }', 'hooks.before[0]: an empty command'],
    ['{ after: ["echo $HOME"] }', 'hooks.after[0]: found "$" in the command'],
    ['{ before: [sync], on_error: ignore }', 'hooks.on_error: found "ignore"'],
    ['{ before: [sync], timeout: 1d }', 'hooks.timeout: found "1d"'],
  ])('%s is an error that says why', (hooks, message) => {
    expect(messages(withHooks(hooks)).join('\n')).toContain(message);
  });

  test('a command longer than CPH takes is an error', () => {
    const long = 'a'.repeat(1_025);
    expect(messages(withHooks(`{ before: [${long}] }`))).toHaveLength(1);
    expect(messages(withHooks(`{ before: [${long.slice(1)}] }`))).toEqual([]);
  });

  test('have a timeout of half an hour, and fail the phone, where the policy says nothing', () => {
    const parsed = parsePolicy(withHooks('{ before: [" sync "] }'), context);
    expect(parsed.ok && parsed.policy.hooks).toEqual({
      ...{ before: ['sync'], timeout: 1_800_000, on_error: 'fail' },
    });
  });
});

test('the answer of a drill needs a check', () => {
  const drill = (rest: string) =>
    `${SMALLEST}drill: { schedule: { cron: "0 0 6 * * *", timezone: UTC }, target: [t1], ${rest} }\n`;
  expect(messages(drill('answer: "1"'))[0]).toContain('drill.answer: no command gives an answer');
  expect(messages(drill('check: getprop sys.boot_completed, answer: "1"'))).toEqual([]);
});
