import { describe, expect, it } from 'vitest';
import type { History } from '../../../lib/ledger/state/history.ts';
import { statusOf } from '../../../lib/run/query/policy-view.ts';
import type { PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { MINUTE } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);
const NOW = SLOT + 6 * HOUR;
const iso = (ms: number): string => new Date(ms).toISOString();

const policy = (name: string, extra = ''): string => `name: ${name}
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "game-*" }
export: { include: [/data/data], bucket: my-phone-backups }
${extra}
`;
const unscheduled = (name: string): string => policy(name).replace(/^schedule.*\n/m, '');

function view(body: string, history?: History): PolicyStatus {
  const object = { body, etag: '1', lastModified: NOW };
  const runs = {
    cursor: undefined,
    history,
    freshness: undefined,
    drills: undefined,
    openRuns: [],
  };
  const deps = { ledger: { bucket: 'ledger', prefix: 'phonevault/' } };
  return statusOf({ deps, name: 'nightly', object, runs, now: NOW });
}

describe('statusOf', () => {
  it.each([
    ['disabled', policy('nightly', 'enabled: false'), 'unscheduled', null],
    ['unscheduled', unscheduled('nightly'), 'unscheduled', null],
    [
      'paused',
      policy('nightly', `paused_until: ${iso(SLOT + 3 * DAY)}`),
      'never',
      iso(SLOT + 4 * DAY),
    ],
    ['active', policy('nightly', `paused_until: ${iso(NOW)}`), 'never', iso(SLOT + DAY)],
    [
      'disabled',
      policy('nightly', `enabled: false\npaused_until: ${iso(SLOT + 3 * DAY)}`),
      'unscheduled',
      null,
    ],
  ] as const)('returns the state %s', (state, text, freshness, next_slot) => {
    const found = view(text);
    expect(found).toMatchObject({ state, freshness, next_slot });
    expect(found.paused_until).toBe(state === 'paused' ? iso(SLOT + 3 * DAY) : undefined);
  });

  it('returns at most 20 validation errors of an invalid policy, with their places', () => {
    const last = { run_id: 'nightly-1', outcome: 'completed', settled_at: SLOT } as const;
    const invalid = view(policy('nightly', 'deadline: soon\nbogus: 1'), { last });

    expect(invalid).toMatchObject({
      state: 'invalid',
      next_slot: null,
      last_run: { outcome: 'completed' },
    });
    expect(invalid.errors).toHaveLength(2);
    expect(invalid.errors?.[0]).toMatch(/^5:\d+ deadline: /);

    const many = Array.from({ length: 40 }, (_, index) => `bogus${index}: 1`).join('\n');
    expect(view(policy('nightly', many)).errors).toHaveLength(20);
  });
});
