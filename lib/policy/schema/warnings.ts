import { covers } from './paths.ts';
import { scheduleWarnings } from './schedule-warnings.ts';
import type { Policy } from './schema.ts';

/** The folders that hold most of what people want back (Android's storage). */
const MAIN_PARTS: readonly (readonly [path: string, what: string])[] = [
  ['/data/data', 'the data of all apps'],
  ['/data/user/0', 'the data of all apps'],
  ['/data/media', 'photos, downloads and all other shared files'],
  ['/data/media/0', 'photos, downloads and all other shared files'],
  ['/data/app', 'all installed apps'],
];

const TYPOGRAPHIC_QUOTES = /[“”„‟‘’‚‛«»「」『』＂＇]/;

/** Returns what is allowed in a policy but hardly meant, in sentences. `now` is epoch ms. */
export function policyWarnings(policy: Policy, now: number): string[] {
  return [
    ...scheduleWarnings(policy, now),
    ...excludeWarnings(policy.export),
    ...quoteWarnings(policy.select),
  ];
}

function excludeWarnings({ include, exclude }: Policy['export']): string[] {
  return exclude.flatMap((path, index) => {
    const lost = MAIN_PARTS.filter(
      ([part]) => covers(path, part) && include.some((one) => one !== part && covers(one, part)),
    );
    const what = [...new Set(lost.map(([, words]) => words))];
    if (what.length === 0) return [];
    return [`export.exclude[${index}]: "${path}" leaves ${what.join(' and ')} out of the backup`];
  });
}

function quoteWarnings({ name, exclude }: Policy['select']): string[] {
  const patterns = [
    ['select.name', name],
    ['select.exclude.name', exclude?.name],
  ] as const;
  return patterns.flatMap(([field, pattern = '']) => {
    const quote = TYPOGRAPHIC_QUOTES.exec(pattern)?.[0];
    if (quote === undefined) return [];
    return [
      `${field}: ${quote} is part of the pattern, so only names that contain it match. Use straight quotes, such as "game-*"`,
    ];
  });
}
