import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { checksOf, wrongOwners } from '../../../../lib/run/state/checks/results.ts';
import { phoneWith, T0 } from '../../../support/runs.ts';

const PATHS = { include: ['/data/data'], exclude: [] };

/** Events of one command each: what it printed, and whether its exit code was 0. */
function ran(outputs: [name: string, output: string, result?: 'succeeded' | 'failed'][]) {
  return outputs.flatMap(([command, output, result = 'succeeded'], index): RunEvent[] => {
    const own = { phone_id: 'p1', attempt: index + 1 };
    const intent = { type: 'intent' as const, at: T0, window: `w${index}` };
    return [
      { ...intent, attempts: [{ ...own, call: 'command', command }] },
      { type: 'accepted', at: T0, ...own, job_id: `j${index}`, request_id: `r${index}` },
      { type: 'ended', at: T0 + 1, ...own, result, output },
    ];
  });
}

function checks(
  outputs: Parameters<typeof ran>[0],
  { paths = PATHS, owners }: { paths?: typeof PATHS; owners?: 'fix' | 'tell' } = {},
) {
  const phone = phoneWith(ran(outputs), owners === undefined ? {} : { owners });
  return checksOf(phone, { paths, isReset: false });
}

const UIDS = 'package:com.a uid:10050\npackage:com.b uid:10051\npackage:android uid:1000\n';
const line = (uid: number, app: string) =>
  `drwx------ 4 ${uid} ${uid} 4096 2026-01-01 00:00 ${app}\n`;

describe('leftovers', () => {
  it.each<[string, string, object]>([
    ['none', '', {}],
    ['some', '/data/a\n/data/b\n', { leftovers: { count: 2, paths: ['/data/a', '/data/b'] } }],
    [
      'some beside a missing path',
      'find: /x: No such file or directory\n/data/a\n',
      { leftovers: { count: 1, paths: ['/data/a'] } },
    ],
    ['nothing that find knows', "find: bad arg '-newercm'\n", { unseen: ['leftovers'] }],
    ['nothing without rights', 'find: /data: Permission denied\n', { unseen: ['leftovers'] }],
  ])('are reported: %s', (_what, output, expected) => {
    expect(checks([['leftovers', output, 'failed']])).toEqual(expected);
  });

  it('are at least those of a list that was cut, without its last line', () => {
    const output = Array.from({ length: 60 }, (_, n) => `/data/data/file-${n}\n`)
      .join('')
      .slice(0, 1_024);
    const { leftovers } = checks([['leftovers', output]]);
    expect(leftovers).toMatchObject({ more: true });
    expect(leftovers?.paths).toHaveLength(10);
    expect(leftovers?.count).toBe(output.split('\n').length - 1);
  });

  it('are unseen where no command was run, or a path cannot be named', () => {
    expect(checks([])).toEqual({ unseen: ['leftovers'] });
    const paths = { include: ['/data/data', '/data/app/~~a=='], exclude: [] };
    expect(checks([['leftovers', '']], { paths })).toEqual({ unseen: ['leftovers'] });
  });
});

describe('owners', () => {
  const seen: Parameters<typeof ran>[0] = [
    ['leftovers', ''],
    ['uids', UIDS],
    [
      'owners',
      `total 12\n${line(10_077, 'com.a')}${line(10_051, 'com.b')}${line(10_001, 'com.gone')}`,
    ],
  ];

  it('are wrong where the data of an app has another uid than the app', () => {
    const phone = phoneWith(ran(seen));
    expect(wrongOwners([...phone.attempts.values()])).toEqual({
      apps: [{ app: 'com.a', uid: 10_050 }],
      isPart: false,
    });
    expect(checks(seen, { owners: 'tell' })).toEqual({ owners: { fixed: [], wrong: ['com.a'] } });
  });

  it('are put right when the data was given to the app, and has its labels', () => {
    const chowned: typeof seen = [...seen, ['chown 10050 com.a', '']];
    expect(checks(chowned, { owners: 'fix' }).owners?.wrong).toEqual(['com.a']);
    expect(checks([...chowned, ['labels', '']], { owners: 'fix' })).toEqual({
      owners: { fixed: ['com.a'], wrong: [] },
    });
    const refused: typeof seen = [...seen, ['chown 10050 com.a', '', 'failed'], ['labels', '']];
    expect(checks(refused, { owners: 'fix' }).owners?.fixed).toEqual([]);
  });

  it('are unseen without one of the lists', () => {
    expect(checks([['leftovers', '']], { owners: 'fix' })).toEqual({ unseen: ['owners'] });
    const old = [
      ['leftovers', ''],
      ['uids', 'Error: Unknown option: -U\n', 'failed'],
      ['owners', ''],
    ] as typeof seen;
    expect(checks(old, { owners: 'fix' })).toEqual({ unseen: ['owners'] });
  });
});
