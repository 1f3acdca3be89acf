import { describe, expect, it } from 'vitest';
import { type Cursor, writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { localeOf } from '../../../lib/run/notify/locale.ts';
import { runScene } from '../../support/run-scene.ts';

const shanghai = { language: 'zh', timezone: 'Asia/Shanghai' } as const;
const berlin = { language: 'en', timezone: 'Europe/Berlin' } as const;
const none = { language: 'en', timezone: 'UTC' };

const cursor = (locale: Cursor['locale'], changes: Partial<Cursor> = {}): Cursor => ({
  ...{ etag: 'e', active: true, handled_until: 0, locale, ...changes },
});

async function localesOf(cursors: Record<string, Cursor>, ...policies: (string | undefined)[]) {
  const { store } = runScene();
  await writeCursors(store, cursors);
  return Promise.all(policies.map((policy) => localeOf(store, policy)));
}

describe('localeOf', () => {
  it('returns the language and zone of the policy', async () => {
    const cursors = { nightly: cursor(shanghai), weekly: cursor(berlin, { active: false }) };
    expect(await localesOf(cursors, 'nightly', 'weekly')).toEqual([shanghai, berlin]);
  });

  it('knows those of a cursor of a version before', async () => {
    const before = cursor(undefined, {
      schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: 1 },
      freshness: { counts_from: 0, deadline: 1, objective: { phones: 90 }, language: 'zh' },
    });
    expect(await localesOf({ nightly: before }, 'nightly')).toEqual([shanghai]);
  });

  it('returns what most active policies have without a policy, or for one that is not known', async () => {
    const cursors = {
      ...{ a: cursor(berlin), b: cursor(shanghai), c: cursor(shanghai) },
      ...{ d: cursor(berlin, { active: false }), e: cursor(berlin, { active: false }) },
    };
    expect(await localesOf(cursors, undefined, 'restore', 'constructor')).toEqual([
      ...[shanghai, shanghai, shanghai],
    ]);
  });

  it('counts policies that are not active when none is', async () => {
    expect(await localesOf({ a: cursor(shanghai, { active: false }) }, undefined)).toEqual([
      shanghai,
    ]);
  });

  it('returns English and UTC when nothing is known', async () => {
    expect(await localesOf({ a: cursor(undefined) }, 'a', 'b', undefined)).toEqual([
      none,
      none,
      none,
    ]);
    expect(await localesOf({}, 'a', undefined)).toEqual([none, none]);
  });
});
