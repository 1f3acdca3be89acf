import { describe, expect, it } from 'vitest';
import { labelOf } from '../../../../local/cph/shell/phone-tree.ts';
import { runShell } from '../../../../local/cph/shell/shell.ts';
import { putFile } from '../../../../local/control/phone-files.ts';
import { cphFixture } from '../../support/cph.ts';

const GAME = '/data/data/com.example.game';

function phoneOf(options: Parameters<typeof cphFixture>[0] = {}, imageVersion = 'AOSP 11.0') {
  const { world, phones } = cphFixture(options);
  const [phone] = phones();
  phone!.imageVersion = imageVersion;
  const run = (command: string) => runShell(world, phone!, command);
  const put = (path: string) => putFile(world, phone!, { path, text: 'x' });
  return { world, phone: phone!, run, put };
}

describe('find', () => {
  it('lists what has changed since a mark, or has not', () => {
    const { run, put } = phoneOf();
    put(`${GAME}/old`);
    expect(run('touch /dev/mark')).toEqual({ output: '', isSuccess: true });
    put(`${GAME}/new`);
    expect(run(`find ${GAME} -type f -newercm /dev/mark`).output).toBe(`${GAME}/new\n`);
    const before = run(`find ${GAME} -type f -not -newercm /dev/mark`).output;
    expect(before).toContain(`${GAME}/old\n`);
    expect(before).not.toContain('/new\n');
  });

  it('prunes a folder, and prints it too without -print', () => {
    const { run, put } = phoneOf();
    put('/data/x/a/1');
    put('/data/x/b/2');
    const pruned = '-path /data/x/a -prune -o -type f';
    expect(run(`find /data/x ${pruned} -print`).output).toBe('/data/x/b/2\n');
    expect(run(`find /data/x ${pruned}`).output).toBe('/data/x/a\n/data/x/b/2\n');
  });

  it.each([
    ['/data/x -type d', '/data/x\n/data/x/a\n'],
    ['/data/x -maxdepth 0', '/data/x\n'],
    ['/data/x -name 1', '/data/x/a/1\n'],
    ['/data/x -user 1000 -type f', '/data/x/a/1\n'],
    ['/data/x -not -user 1000', ''],
    ['/data/none', 'find: /data/none: No such file or directory\n'],
    ['/data/x -cnewer /data/x', "find: bad arg '-cnewer'\n"],
    ['/data/x -newercm /dev/none', 'find: /dev/none: No such file or directory\n'],
    ['/data/x -type', "find: '-type' needs 1 arg\n"],
  ])('with %s prints %j', (args, expected) => {
    const { run, put } = phoneOf();
    put('/data/x/a/1');
    expect(run(`find ${args}`).output).toBe(expected);
  });

  it('knows no changes in an older toybox', () => {
    const { run } = phoneOf({ switches: { shell: 'older' } });
    run('touch /dev/mark');
    expect(run('find /data -newercm /dev/mark')).toEqual({
      output: "find: bad arg '-newercm'\n",
      isSuccess: false,
    });
  });
});

describe('the owner of an app', () => {
  it('is the uid that the phone gave it, until somebody changes that of its files', () => {
    const { run, put, phone } = phoneOf();
    put(`${GAME}/a`);
    const uid = /package:com\.example\.game uid:(\d+)/.exec(run('pm list packages -U').output)?.[1];
    expect(Number(uid)).toBeGreaterThan(10_000);
    expect(run('ls -n /data/data').output).toMatch(
      new RegExp(` ${uid} ${uid} .* com.example.game`),
    );

    expect(run(`chown -R 10001:10001 ${GAME}`).isSuccess).toBe(true);
    expect(phone.owners.get(`${GAME}/a`)).toBe(10_001);
    expect(run(`ls -dn ${GAME}`).output).toContain(' 10001 10001 ');
  });

  it('is not shown by pm before Android 8', () => {
    const { run } = phoneOf({}, 'AOSP 7.0');
    expect(run('pm list packages -U').output).toBe('Error: Unknown option: -U\n');
    expect(run('pm list packages').output).toContain('package:com.example.game\n');
  });

  it.each([
    ['chown nobody /data', "chown: bad user 'nobody'\n"],
    ['chown 10001 /data/none', "chown: '/data/none': No such file or directory\n"],
    ['chown 10001', 'chown: Needs 1 argument\n'],
    ['ls /data/none', 'ls: /data/none: No such file or directory\n'],
    ['touch /nowhere/a', "touch: '/nowhere/a': No such file or directory\n"],
  ])('%s fails', (command, output) => {
    expect(phoneOf().run(command)).toEqual({ output, isSuccess: false });
  });
});

it('puts labels right only where it may touch the data of apps', () => {
  const { run, put, phone } = phoneOf();
  put(`${GAME}/a`);
  phone.labels.set(`${GAME}/a`, labelOf(10_999));
  const label = () => run(`ls -Z ${GAME}`).output;
  const wrong = label();
  expect(wrong).toContain('c231,c259,c512,c768 a');
  run('restorecon -R /data/data');
  expect(label()).toBe(wrong);
  run('restorecon -DR /data/data');
  expect(label()).not.toBe(wrong);
});

describe('the shell', () => {
  it.each([
    ['rm -rf /data', '/system/bin/sh: rm: inaccessible or not found\n'],
    ['constructor', '/system/bin/sh: constructor: inaccessible or not found\n'],
  ])('does not know %s', (command, output) => {
    expect(phoneOf().run(command)).toEqual({ output, isSuccess: false });
  });

  it.each([
    ['getprop ro.build.version.release', '11.0\n'],
    ['getprop ro.unknown', '\n'],
    ['id', 'uid=0(root)\n'],
    ['sync', ''],
    ['am force-stop com.example.game', ''],
  ])('runs %s', (command, output) => {
    expect(phoneOf().run(command)).toEqual({ output, isSuccess: true });
  });

  it('may see nothing without the rights of root', () => {
    const { run } = phoneOf({ switches: { shell: 'unprivileged' } });
    expect(run('ls -n /data/data').output).toBe('ls: /data/data: Permission denied\n');
    expect(run('id').output).toBe('uid=2000(shell)\n');
  });
});
