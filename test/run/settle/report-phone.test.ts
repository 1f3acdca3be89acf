import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../lib/cloud/obs/list.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { PlannedPhone } from '../../../lib/ledger/run/plan.ts';
import type { ReportedPhone } from '../../../lib/ledger/run/report.ts';
import type { FoundArchives } from '../../../lib/run/settle/found-archives.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { type PhoneStep, phoneSteps } from '../../../lib/run/state/steps/phone-steps.ts';
import { reportPhone } from '../../../lib/run/settle/report-phone.ts';
import { openRun, plannedPhone, T0 } from '../../support/runs.ts';

const key = (attempt: number) => `nightly/20260102/nightly-1/p-${attempt}.tar`;
const own = (attempt: number) => ({ phone_id: 'p', attempt });
const verified = (attempt: number): RunEvent => ({
  ...{ type: 'verified', at: T0 + attempt, ...own(attempt), size: 2_048, etag: 'e' },
});
const refused = (attempt: number): RunEvent => ({
  ...{ type: 'refused', at: T0, ...own(attempt), code: 'CPS.0005' },
});
const object = (attempt: number): ObjectInfo => ({
  ...{ key: key(attempt), size: 2_048, etag: 'e', lastModified: T0 },
});
const exported: ReportedPhone = {
  phone_id: 'p',
  outcome: 'exported',
  bucket: 'my-phone-backups',
  key: key(2),
  size: 2_048,
  etag: 'e',
  verified_at: new Date(T0 + 2).toISOString(),
  attempts: 2,
};

function runOf(events: RunEvent[], changes: Partial<PlannedPhone> = {}): OpenRun {
  const run = openRun('nightly-1', [plannedPhone('p', changes)]);
  fold(run.state, events);
  return run;
}

const withoutTerms = (run: OpenRun): OpenRun => {
  if (run.plan !== undefined) delete run.plan.terms;
  return run;
};

function stepOf(run: OpenRun): PhoneStep {
  const [step] = phoneSteps(run, T0);
  if (step === undefined) throw new Error('no phone');
  return step;
}

describe('reportPhone', () => {
  const reported = (
    events: RunEvent[],
    changes: Partial<PlannedPhone> = {},
    found: FoundArchives = new Map(),
  ) => {
    const run = runOf(events, changes);
    return reportPhone(run, stepOf(run), found);
  };
  const failed = { phone_id: 'p', outcome: 'failed', reason: 'refused', code: 'CPS.0005' };

  it('names the verified archive of an exported phone, and no other archive', () => {
    const found: FoundArchives = new Map([['p', [{ attempt: 1, object: object(1) }]]]);
    expect(reported([refused(1), verified(2)], {}, found)).toStrictEqual(exported);
  });

  it('counts only attempts that were sent', () => {
    const unsent: RunEvent[] = [1, 2].flatMap((attempt) => [
      { type: 'intent', at: T0, window: `w${attempt}`, attempts: [own(attempt)] },
      { type: 'unsent', at: T0, window: `w${attempt}`, attempts: [own(attempt)] },
    ]);
    expect(reported([...unsent, verified(3)])).toMatchObject({ attempts: 1, key: key(3) });
  });

  it('says why a phone was not exported', () => {
    expect(reported([refused(1)])).toStrictEqual({ ...failed, attempts: 1 });
  });

  it('counts no refusal that passes as an attempt, but lost responses', () => {
    const busy = (attempt: number): RunEvent => ({
      ...{ type: 'refused', at: T0 + attempt, ...own(attempt), code: 'CPS.0042' },
    });
    const lost: RunEvent[] = [
      { type: 'outcome_unknown', at: T0, ...own(1) },
      { type: 'archive_rejected', at: T0, ...own(1), reason: 'response_lost' },
    ];
    const events = [...lost, busy(2), busy(3), refused(4), busy(5), verified(6)];
    expect(reported(events)).toMatchObject({ outcome: 'exported', attempts: 3 });
  });

  it('leaves out reason and code when they are unknown', () => {
    const verdict = { outcome: 'skipped' as const, reason: 'stopped' };
    expect(reported([], { verdict })).toStrictEqual({
      ...{ phone_id: 'p', ...verdict, attempts: 0 },
    });
    const run = runOf([]);
    const step = { kind: 'done' as const, outcome: 'failed' as const };
    expect(reportPhone(run, { ...stepOf(run), step }, new Map())).toStrictEqual({
      ...{ phone_id: 'p', outcome: 'failed', attempts: 0 },
    });
  });

  it('names the unconfirmed archives of a phone without a verified one', () => {
    const found: FoundArchives = new Map([
      ['p', [1, 2].map((attempt) => ({ attempt, object: object(attempt) }))],
      ['q', [{ attempt: 3, object: object(3) }]],
    ]);
    expect(reported([refused(1)], {}, found)).toStrictEqual({
      ...{
        ...failed,
        attempts: 1,
        unconfirmed_archive: [key(1), key(2)],
        unconfirmed_size: [2_048, 2_048],
      },
    });
    expect(reported([refused(1)], {}, new Map([['p', []]]))).not.toHaveProperty(
      'unconfirmed_archive',
    );
  });

  it('names no archive that is not verified or whose bucket is unknown', () => {
    const bare = { phone_id: 'p', outcome: 'exported', attempts: 1 };
    const run = runOf([verified(1)]);
    const entry = stepOf(run);
    const unplanned = { ...run, plan: undefined };
    expect(reportPhone(unplanned, entry, new Map())).toStrictEqual(bare);
    expect(reportPhone(withoutTerms(run), entry, new Map())).toStrictEqual(bare);
    const unknown = runOf([{ type: 'outcome_unknown', at: T0, ...own(1) }]);
    const [archive] = [...(unknown.state.phones.get('p')?.attempts.values() ?? [])];
    const step = { kind: 'done' as const, outcome: 'exported' as const, archive };
    expect(reportPhone(unknown, { ...stepOf(unknown), step }, new Map())).toStrictEqual(bare);
  });

  it('throws for a phone without an outcome', () => {
    const run = runOf([]);
    expect(() => reportPhone(run, stepOf(run), new Map())).toThrow('phone p has no outcome');
  });
});
