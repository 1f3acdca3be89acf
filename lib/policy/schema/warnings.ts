import { slipIn } from '../parse/line-hint.ts';
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

/** Where a pattern such as `com.*` covers nearly all apps. */
const MOST_APPS = ['/data/data/com.', '/data/user/0/com.'];

/** Returns what is allowed in a policy but hardly meant, in sentences. `now` is epoch ms. */
export function policyWarnings(policy: Policy, now: number): string[] {
  return [
    ...scheduleWarnings(policy, now),
    ...excludeWarnings(policy.export),
    ...slipWarnings(policy.select),
    ...zoneWarnings(policy.schedule?.timezone ?? ''),
    ...drillWarnings(policy),
  ];
}

function excludeWarnings({ include, exclude }: Policy['export']): string[] {
  return exclude.flatMap((path, index) => {
    const isLost = (part: string): boolean =>
      covers(path, part) && include.some((one) => covers(one, part));
    const lost = MAIN_PARTS.filter(([part]) => isLost(part)).map(([, words]) => words);
    if (lost.length === 0 && MOST_APPS.some(isLost)) lost.push('the data of most apps');
    const isMain = (one: string): boolean => MAIN_PARTS.some(([part]) => part === one);
    lost.push(...include.filter((one) => covers(path, one) && !isMain(one)));
    if (lost.length === 0) return [];
    const what = [...new Set(lost)].join(' and ');
    return [`export.exclude[${index}]: "${path}" leaves ${what} out of the backup`];
  });
}

/** Returns the conditions that hold a character nobody sees or means, so that they fit no phone. */
function slipWarnings({ name, server_tags = {}, exclude }: Policy['select']): string[] {
  const tags = Object.values(server_tags).flat();
  const texts = [
    ['select.name', 'the pattern', name],
    ['select.exclude.name', 'the pattern', exclude?.name],
    ...tags.map((value) => ['select.server_tags', 'a value', value] as const),
  ] as const;
  return texts.flatMap(([field, what, text = '']) => {
    const slip = slipIn(text);
    if (slip === undefined) return [];
    return [
      `${field}: ${slip.shown} is part of ${what}, so only what contains it matches. ${slip.hint}`,
    ];
  });
}

/** Returns what surprises in a zone of POSIX style: the sign of its name is inverted. */
function zoneWarnings(timezone: string): string[] {
  const [, sign, hours = ''] = /^Etc\/GMT([+-])([1-9]\d?)$/.exec(timezone) ?? [];
  if (sign === undefined) return [];
  const [side, other, inverse] =
    sign === '+' ? ['behind', 'ahead of', '-'] : ['ahead of', 'behind', '+'];
  return [
    `schedule.timezone: ${timezone} is ${hours} hours ${side} UTC. The zone ${other} UTC is Etc/GMT${inverse}${hours}`,
  ];
}

/** Returns the targets that the policy may select by other conditions than their ids. */
function drillWarnings({ drill, select }: Policy): string[] {
  if (drill === undefined || select.phones !== undefined) return [];
  const excluded = new Set(select.exclude?.phones);
  const open = drill.target.filter((id) => !excluded.has(id));
  if (open.length === 0) return [];
  const which = open.length === 1 ? `${open[0]} is` : `${open.length} phones are`;
  return [
    `drill.target: ${which} not in select.exclude.phones. Should the policy select one, its drills fail and restore nothing`,
  ];
}
