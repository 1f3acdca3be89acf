import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPage, root } from './pages.ts';

const page = readPage('docs/operations.md').text;

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

function sources(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(join(folder, file)))
    .join('\n');
}

const run = sources('lib/run');
const everything = [sources('lib'), sources('handlers')].join('\n');

/** The words that a pattern catches, each group one. */
function caught(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, ...words]) => words.filter((word) => word));
}

/** Reasons of events that the engine draws its own conclusions from: no report shows them. */
const INNER = ['answer_lost'];

it.each([
  [
    'error codes',
    caught(read('lib/errors.ts'), /^ {2}\| '([a-z_]+)'/gm),
    ['setting_invalid', 'time_up'],
  ],
  [
    'reasons of phones',
    [
      ...caught(run, /reason: '([a-z_]+)'/g),
      ...caught(run, /unlisted\(\w+, '([a-z_]+)'\)/g),
      ...caught(run, /overdue\?: '(\w+)' \| '(\w+)'/g),
      ...caught(read('lib/policy/selection/states.ts'), /\['(?:passing|stuck)', '([a-z_]+)'\]/g),
      'unknown_',
    ].filter((reason) => !INNER.includes(reason)),
    ['job_failed', 'not_found', 'export_timeout', 'stop_failed'],
  ],
  [
    'reasons of runs',
    [
      ...caught(run, /failedDraft\(\w+, '([a-z_]+)'/g),
      ...caught(run, /error\.code === '([a-z_]+)'\) \{\s*return \{ code/g),
    ],
    ['too_many_phones', 'policy_gone', 'bucket_missing'],
  ],
  [
    'reasons of missed slots',
    caught(read('lib/ledger/hints/hints.ts'), /reason: z\.enum\(\[([^\]]+)\]/g).flatMap((list) =>
      caught(list, /'([a-z_]+)'/g),
    ),
    ['overlap', 'superseded'],
  ],
  [
    'kinds of notifications',
    caught(
      /NotificationKind =([^;]+);/.exec(read('lib/run/notify/notification.ts'))?.[1] ?? '',
      /'([a-z_]+)'/g,
    ),
    ['settled', 'recovered'],
  ],
  [
    'events of the log',
    caught(everything, /\blog(?:\([^)]*\)|\(.*\))?\.(?:info|warn|error)\(\s*'([a-z_]+)'/g).concat(
      caught(read('lib/runtime/with-error-reporting.ts'), /\.error\('([a-z_]+)'/g),
    ),
    ['requested', 'invocation_failed', 'policy_gone'],
  ],
])('tells of all %s', (_, words, some) => {
  expect(words).toEqual(expect.arrayContaining(some));
  const missing = [...new Set(words)].filter((word) => !new RegExp(`\\b${word}`).test(page));
  expect(missing).toEqual([]);
});

it('lists every setting', () => {
  const text = read('lib/runtime/settings.ts');
  const services = caught(/const SERVICES = \[([^\]]+)\]/.exec(text)?.[1] ?? '', /'(\w+)'/g);
  const names = [
    ...caught(text, /\bread\('([A-Z_]+)'/g),
    ...services.map((service) => `${service.toUpperCase()}_ENDPOINT`),
  ];
  expect(names).toEqual(expect.arrayContaining(['REGION', 'HTTP_TOKENS', 'OBS_ENDPOINT']));
  expect(names.filter((name) => !page.includes(`_${name}\``))).toEqual([]);
});
