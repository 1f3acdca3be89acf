import { describe, expect, it } from 'vitest';
import type { Locale } from '../../../../lib/run/notify/message/notification.ts';
import { emailText, headline, messageText } from '../../../../lib/run/notify/message/text.ts';
import { everyKind, settledRun } from './samples.ts';

const en: Locale = { language: 'en', timezone: 'Asia/Shanghai' };
const zh: Locale = { language: 'zh', timezone: 'Asia/Shanghai' };
const stale = { kind: 'stale', policy: 'nightly', since: Date.UTC(2026, 0, 1, 16, 5) } as const;

describe('headline', () => {
  it.each([
    [en, 'nightly: no full run has completed since 2026-01-02 00:05 Asia/Shanghai'],
    [{ ...en, timezone: 'UTC' }, 'nightly: no full run has completed since 2026-01-01 16:05 UTC'],
    [zh, 'nightly：自 1 月 2 日 00:05 起没有成功的全量运行'],
    [{ ...zh, timezone: 'UTC' }, 'nightly：自 1 月 1 日 16:05（UTC）起没有成功的全量运行'],
  ])('writes times in the zone of the policy: %j', (locale, expected) => {
    expect(headline(stale, locale)).toBe(expected);
  });

  it('writes a time beyond the calendar as the last time of the year 9999', () => {
    expect(headline({ ...stale, since: 1e20 }, en)).toContain('since 10000-01-01');
  });

  it('names the reason of a run that did not start, and the counts of any other run', () => {
    const failed = settledRun({ outcome: 'failed' });
    expect(headline(failed, en)).toBe('nightly: failed, 1 of 20,000 phones exported');
    expect(headline({ ...failed, reason: 'bucket_missing' }, en)).toBe(
      'nightly: failed because the bucket does not exist (bucket_missing)',
    );
    expect(headline({ ...failed, reason: 'constructor' }, en)).toBe(
      'nightly: failed because constructor',
    );
  });
});

describe('messageText', () => {
  it('says what to do about stale policies and refused credentials', () => {
    const unsettled = everyKind.filter(({ kind }) => kind !== 'settled');
    const texts = unsettled.map((one) => messageText(one, en));
    expect(texts.filter((text) => text?.includes('Check'))).toHaveLength(2);
  });

  it('says how many archives could not be deleted, why, and what to do', () => {
    const run = settledRun({ leftovers: { count: 1, codes: ['AccessDenied'] } });
    expect(headline(run, en)).toContain(', 1 superseded archive not deleted');
    expect(headline(run, zh)).toContain('，1 个被取代的归档未能删除');
    expect(messageText(run, en)).toMatch(/^1 superseded archive not deleted \(AccessDenied\)\. /);
    expect(messageText(run, en)).toContain('phonevault doctor');
    expect(messageText(run, zh)).toContain('phonevault doctor');
    const failed = { ...run, message: 'The bucket is gone.' };
    expect(messageText(failed, en)).toMatch(/^The bucket is gone\. 1 superseded archive/);
  });

  it('has sentences in both languages for all but run results and daily messages', () => {
    for (const one of everyKind.filter(({ kind }) => kind !== 'settled')) {
      const texts = [messageText(one, en), messageText(one, zh)];
      if (one.kind === 'heartbeat') expect(texts).toEqual([undefined, undefined]);
      else if (one.kind === 'unreadable') expect(texts[0]).toContain(one.message);
      else {
        expect(texts[0]).toMatch(/^[A-Z0-9].*\.$/);
        expect(texts[1]).toMatch(/\p{Script=Han}.*。$/u);
      }
    }
  });
});

describe('emailText', () => {
  it('explains each phone by its reason, with the codes behind it', () => {
    const failed = [
      { phone_id: 'p1', outcome: 'failed' as const, reason: 'job_failed', code: 'CPS.0103' },
      { phone_id: 'p2', outcome: 'timed_out' as const, reason: 'odd' },
      { phone_id: 'p3', outcome: 'cancelled' as const },
    ];
    const run = settledRun({ failed });
    expect(emailText(run, failed, en).split('\n').slice(-4)).toEqual([
      'Not exported:',
      '- p1: the export job failed (job_failed, CPS.0103)',
      '- p2: timed out (odd)',
      '- p3: cancelled',
    ]);
    expect(emailText(run, failed, zh).split('\n').slice(-3)).toEqual([
      '- p1：导出任务失败（job_failed，CPS.0103）',
      '- p2：超时（odd）',
      '- p3：已取消',
    ]);
  });

  it('has no list when no phone failed', () => {
    expect(emailText(settledRun({ failed: [] }), [], en)).not.toContain('Not exported');
  });
});
