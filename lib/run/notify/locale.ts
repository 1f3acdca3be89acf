import { type Cursor, readCursors } from '../../ledger/state/cursors.ts';
import type { RunDeps } from '../deps.ts';
import type { OpenRun } from '../state/open-run.ts';
import type { Locale } from './message/notification.ts';

const DEFAULT: Locale = { language: 'en', timezone: 'UTC' };

/**
 * Returns language and time zone of a policy, as schedule last read them. Without a policy those that most policies have, the active
 * ones first: the message concerns all of them. English and UTC by default.
 */
export async function localeOf(
  store: Pick<RunDeps['store'], 'get'>,
  policy?: string,
): Promise<Locale> {
  const cursors = await readCursors(store);
  if (policy !== undefined && Object.hasOwn(cursors, policy)) {
    return (cursors[policy] && ownLocale(cursors[policy])) ?? DEFAULT;
  }
  const all = Object.values(cursors);
  const active = all.filter((cursor) => cursor.active);
  return mostFrequent(active.length > 0 ? active : all) ?? DEFAULT;
}

/** Returns language and time zone of a policy as the run was planned, else as schedule last read them. */
export async function localeOfRun(
  store: Pick<RunDeps['store'], 'get'>,
  { plan, request }: Pick<OpenRun, 'plan' | 'request'>,
): Promise<Locale> {
  const { language, timezone } = plan?.terms?.notify ?? {};
  if (language !== undefined && timezone !== undefined) return { language, timezone };
  const known = await localeOf(store, request.policy);
  return language === undefined ? known : { ...known, language };
}

/** A cursor of a version before knows the language only of an active policy. */
function ownLocale({ locale, schedule, freshness }: Cursor): Locale | undefined {
  if (locale !== undefined) return locale;
  if (schedule === undefined && freshness === undefined) return undefined;
  const { language, timezone } = DEFAULT;
  return {
    language: freshness?.language ?? language,
    timezone: schedule?.timezone ?? timezone,
  };
}

function mostFrequent(cursors: readonly Cursor[]): Locale | undefined {
  const counts = new Map<string, { locale: Locale; count: number }>();
  for (const locale of cursors.flatMap((cursor) => ownLocale(cursor) ?? [])) {
    const key = `${locale.language} ${locale.timezone}`;
    const known = counts.get(key) ?? { locale, count: 0 };
    counts.set(key, { ...known, count: known.count + 1 });
  }
  const [first] = [...counts.values()].sort((a, b) => b.count - a.count);
  return first?.locale;
}
