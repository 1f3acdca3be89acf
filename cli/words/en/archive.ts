import { common, many } from './common.ts';

/** What the commands that read archives say. */
export const archive = {
  noneMatches: 'no verified archive matches',
  more: (shown: number) => `more archives: --limit lists more than ${shown}`,
  goOn: (run: string) => `up to run ${run}: go on with --rebuild ${run}`,
  rebuilt: (archives: number, runs: number) =>
    `catalogue rebuilt: ${common.archives(archives)} of ${many(runs, 'settled run')}`,
  files: (count: number) => many(count, 'file'),
  readToEnd: 'read to its end',
  wasThere: 'it was there already',
  backedUp: (age: string, policy: string) => `backed up ${age} by ${policy}`,
  written: (files: string, size: string, folder: string) =>
    `${files} (${size}) written below ${folder}`,
  leftOut: (count: number) =>
    `${count} ${count === 1 ? 'link or device' : 'links or devices'} left out`,
  noneAt: (entries: number, path: string) => `none of ${common.entries(entries)} is at ${path}`,
  results: {
    ok: 'ok',
    changed: 'changed',
    broken: 'broken',
    missing: 'missing',
    unreadable: 'unreadable',
  },
  nothingOf: (paths: string) => `nothing of ${paths}: the phone may not have had it`,
  verified: (good: number, all: number) => `${common.archives(good)} of ${all} read to the end`,
  thawing: (takes: string, since: string) => `OBS makes the archive readable (${takes}): ${since}`,
  takes: {
    expedited: '1 to 5 minutes from COLD, hours from DEEP_ARCHIVE',
    standard: '3 to 12 hours',
  },
  transfer: (read: string, all: string) => `${read} of ${all}`,
  left: (time: string) => `${time} left`,
};
