import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import * as fields from '../../lib/runtime/setting-fields.ts';

const isAllowed = (field: z.ZodType, value: string) => field.safeParse(value).success;

/** By field: values that are allowed, and values that are not. */
const values: [keyof typeof fields, string[], string[]][] = [
  [
    'region',
    ['cn-north-4', 'ap-southeast-1'],
    ['CN North', 'north', 'cn-', `cn-${'x'.repeat(30)}`],
  ],
  ['projectId', ['p1', '0'.repeat(32)], ['a/b', '', 'x'.repeat(65)]],
  [
    'bucket',
    ['my.phone.backups', 'abc', 'b'.repeat(63)],
    ['ab', 'b'.repeat(64), 'with..dots', 'a.-b', 'My-bucket', '192.168.1.1'],
  ],
  [
    'prefix',
    ['a', 'a/b.c_d-1', 'a/..b/', `${'x'.repeat(199)}/`],
    ['', '/', '/abs/', 'a//b', 'a/../b/', './a', '..', '云/', 'x'.repeat(200)],
  ],
  ['topicUrn', ['urn:smn:cn-north-4:p1:backup'], ['urn:fss:r:p:function:default:x', 'backup']],
  [
    'functionUrn',
    ['urn:fss:r:p1:function:default:drive', 'urn:fss:r:p1:function:default:drive:v1.0'],
    [
      'drive',
      'urn:fss:r:p1:function:default',
      'urn:fss:r:p1:function:default:drive:',
      'urn:smn:r:p:x',
    ],
  ],
  [
    'endpoint',
    [
      ...['https://cph.example.com', 'https://cph.example.com:8443/', 'https://10.0.0.1'],
      ...[
        'http://localhost:8080',
        'http://obs.localhost:1/',
        'http://127.0.0.1:9',
        'http://[::1]:9',
      ],
    ],
    [
      ...['https://cph.example.com/v1', 'https://cph.example.com?x', 'https://cph.example.com#x'],
      ...['http://10.0.0.1', 'http://localhost.example.com', 'smn.example.com', 'ftp://localhost'],
      ...['https://a:b@cph.example.com', 'https://', 'https://cph.example.com:99999'],
      ...['https://cph.example.com\\x', ' https://cph.example.com'],
    ],
  ],
  ['ctsServiceType', ['CPH', 'Cloud Phone_1'], ['1CPH', '', 'C'.repeat(65), 'CPH/x']],
  ['flag', ['TRUE', 'false', '1', '0'], ['maybe', '', 'yes', '10']],
  [
    'heartbeat',
    ['08:00 Asia/Shanghai', '23:59 UTC zh', '00:00 UTC en'],
    ['8:00 UTC', '24:00 UTC', '08:60 UTC', '08:00', '08:00 Mars/Olympus', '08:00 UTC fr', 'on'],
  ],
  ['keepRuns', ['2d', '48h', '90d', '3650d'], ['1d', '47h', '0', '90', '3651d', 'never', '-3d']],
];

describe.each(values)('%s', (name, allowed, refused) => {
  it.each(allowed)('allows "%s"', (value) => {
    expect(isAllowed(fields[name], value)).toBe(true);
  });

  it.each(refused)('refuses "%s"', (value) => {
    expect(isAllowed(fields[name], value)).toBe(false);
  });
});

it.each<[keyof typeof fields, string, unknown]>([
  ['prefix', 'a/b', 'a/b/'],
  ['prefix', 'a/b/', 'a/b/'],
  ['endpoint', 'http://localhost:1/', 'http://localhost:1'],
  ['keepRuns', '48h', 2 * 86_400_000],
  ['flag', 'TRUE', true],
  ['flag', '1', true],
  ['flag', '0', false],
  ['flag', 'False', false],
  ['heartbeat', '08:05 UTC', { cron: '0 5 8 * * *', timezone: 'UTC', language: 'en' }],
  ['heartbeat', '23:59 UTC zh', { cron: '0 59 23 * * *', timezone: 'UTC', language: 'zh' }],
])('%s reads "%s"', (name, value, expected) => {
  expect(fields[name].parse(value)).toEqual(expected);
});

describe('httpTokens', () => {
  const entry = (name: string) => `${name}:read:never:sha256-${'ab'.repeat(32)}`;
  const namesOf = (value: string) => fields.httpTokens.parse(value).map(({ name }) => name);

  it('reads entries between commas, spaces and line ends', () => {
    expect(namesOf(`${entry('a')},${entry('b')}, ${entry('c')}\n${entry('d')},`)).toEqual([
      ...['a', 'b', 'c', 'd'],
    ]);
    expect(namesOf('')).toEqual([]);
  });

  it('allows at most 20 entries', () => {
    const many = (count: number) => Array.from({ length: count }, () => entry('a')).join();
    expect(namesOf(many(20))).toHaveLength(20);
    expect(isAllowed(fields.httpTokens, many(21))).toBe(false);
  });

  it('names the position of an invalid entry, never its content', () => {
    const { error } = fields.httpTokens.safeParse(`${entry('a')},${entry('b')},hunter2`);
    expect(error?.issues[0]?.message).toContain('entry 3');
    expect(error?.issues[0]?.message).not.toContain('hunter2');
  });
});
