import { expect, it } from 'vitest';
import { checkCommand } from '../../../../lib/cloud/cph/command.ts';
import { chownOf, contentOf } from '../../../../lib/run/state/checks/commands.ts';

const contentFor = (name: string, include: string[], exclude: string[] = []) =>
  contentOf(name, { runId: 'restore-1', paths: { include, exclude } });

it.each([
  ['mark', 'touch /dev/phonevault-restore-1'],
  [
    'leftovers',
    'find /data/data -path /data/data/a -prune -o -type f -not -newercm /dev/phonevault-restore-1 -print',
  ],
  ['uids', 'pm list packages -U'],
  ['owners', 'ls -n /data/data'],
  ['labels', 'restorecon -DR /data/data'],
  [chownOf(10_050, 'com.a'), 'chown -R 10050:10050 /data/data/com.a'],
])('the command %s is one that CPH takes', (name, expected) => {
  const content = contentFor(name, ['/data/data'], ['/data/data/a', '/data/data/b*']);
  expect(content).toBe(expected);
  expect(checkCommand(content ?? '')).toBe(expected);
});

it('leaves out paths that no command can name, and is none without any', () => {
  expect(contentFor('leftovers', ['/data/a', '/data/~~b=='])).toContain('find /data/a -type f');
  expect(contentFor('leftovers', ['/data/app/*'])).toBeUndefined();
  expect(
    contentFor(
      'leftovers',
      Array.from({ length: 60 }, (_, n) => `/data/data/com.example.${n}`),
    ),
  ).toBeUndefined();
  expect(contentFor('chown 10050 com.a/../b', ['/data'])).toBeUndefined();
});
