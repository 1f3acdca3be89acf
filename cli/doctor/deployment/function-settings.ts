import { PhonevaultError } from '../../../lib/errors.ts';
import { readSettings, type Settings } from '../../../lib/runtime/settings.ts';
import { failed, type Verdict, warning } from '../finding/finding.ts';
import type { FunctionKey } from './deployed.ts';

/** Settings of this environment; the functions must have the same. */
export type Here = Pick<Settings, 'region' | 'projectId' | 'bucket' | 'prefix' | 'topicUrn'>;

type Expected = { here: Here; driveUrn: string; fix: string };

/**
 * Compares the settings as the function reads them with those of this environment, and checks which function it wakes. None
 * of these settings is secret.
 */
export function judgeSettings(
  key: FunctionKey,
  userData: Record<string, string>,
  { here, driveUrn, fix }: Expected,
): Verdict[] {
  let there: Settings;
  try {
    there = readSettings(
      { getUserData: (name) => userData[name], getProjectID: () => here.projectId },
      { env: {}, needsTopic: key === 'drive' },
    );
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    return [failed(error.message.replaceAll('\n', '; '), `correct the setting and ${fix}`)];
  }
  const differing = differences(here, there, fix);
  const target = there.driveUrn?.replace(/:latest$/, '');
  if (key === 'drive' || target === driveUrn) return differing;
  if (target === undefined) {
    const text = 'PHONEVAULT_DRIVE_URN is not set: requests wait for the next minute';
    return [...differing, warning(text, fix)];
  }
  return [...differing, failed(`PHONEVAULT_DRIVE_URN names another function: ${target}`, fix)];
}

function differences(here: Here, there: Here, fix: string): Verdict[] {
  const settings = [
    ['PHONEVAULT_REGION', here.region, there.region],
    ['PHONEVAULT_PROJECT_ID', here.projectId, there.projectId],
    ['PHONEVAULT_BUCKET', here.bucket, there.bucket],
    ['PHONEVAULT_PREFIX', here.prefix, there.prefix],
    ['PHONEVAULT_TOPIC_URN', here.topicUrn ?? there.topicUrn, there.topicUrn ?? here.topicUrn],
  ] as const;
  return settings.flatMap(([name, mine, its]) => {
    if (mine === its) return [];
    const text = `${name} is ${its} in the function and ${mine} here`;
    return [failed(text, `correct the wrong one; then ${fix}`)];
  });
}
