import { describe, expect, it } from 'vitest';
import type { Locale } from '../../../../lib/run/notify/message/notification.ts';
import { emailText, headline, messageText } from '../../../../lib/run/notify/message/text.ts';
import { everyKind, settledRun, stalePolicy } from './samples.ts';

const en: Locale = { language: 'en', timezone: 'Asia/Shanghai' };
const zh: Locale = { language: 'zh', timezone: 'Asia/Shanghai' };
const stale = stalePolicy({ objective: { phones: 90 }, limit: Date.UTC(2026, 0, 1, 16, 5) });

const HOUR = 60 * 60_000;

describe('headline', () => {
  it.each([
    [
      en,
      'nightly: 12 of 40 phones have no backup since 2026-01-02 00:05 Asia/Shanghai (70% have one; objective 90%)',
    ],
    [
      { ...en, timezone: 'UTC' },
      'nightly: 12 of 40 phones have no backup since 2026-01-01 16:05 UTC (70% have one; objective 90%)',
    ],
    [zh, 'nightly：40 台云手机中 12 台自 1 月 2 日 00:05 起没有备份（70% 有备份，目标 90%）'],
    [
      { ...zh, timezone: 'UTC' },
      'nightly：40 台云手机中 12 台自 1 月 1 日 16:05（UTC）起没有备份（70% 有备份，目标 90%）',
    ],
  ])('writes times in the zone of the policy: %j', (locale, expected) => {
    expect(headline(stale, locale)).toBe(expected);
  });

  it.each([
    [26 * HOUR, 'within 26 h', '在最近 26 小时内'],
    [48 * HOUR, 'within 2 d', '在最近 2 天内'],
    [90 * 60_000, 'within 90 min', '在最近 90 分钟内'],
    [90_000, 'within 2 min', '在最近 2 分钟内'],
  ])('writes the age of an objective in its own unit: %i ms', (max_age, english, chinese) => {
    const one = { ...stale, objective: { max_age, phones: 98 } };
    expect(headline(one, en)).toBe(
      `nightly: 12 of 40 phones have no backup ${english} (70% have one; objective 98%)`,
    );
    expect(headline(one, zh)).toContain(`12 台${chinese}没有备份`);
  });

  it('writes a time beyond the calendar as the last time of the year 9999', () => {
    expect(headline({ ...stale, limit: 1e20 }, en)).toContain('since 10000-01-01');
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
    expect(texts.filter((text) => text?.includes('Check'))).toHaveLength(4);
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

  it('names the first servers that CPH does not know, and how many there are', () => {
    const one = settledRun({ missingServers: { count: 1, first: ['s-1'] } });
    expect(messageText(one, en)).toMatch(/^1 server of the policy not found: s-1\. Remove it/);
    expect(messageText(one, zh)).toContain('1 台服务器不存在：s-1。');
    const many = settledRun({
      ...{ message: 'It was odd.', leftovers: { count: 1, codes: [] } },
      missingServers: { count: 1_200, first: ['s-1', 's-2', 's-3'] },
    });
    expect(messageText(many, en)).toMatch(
      /^It was odd\. 1 superseded .* 1,200 servers of .*, …\. /,
    );
    expect(emailText(many, 1, en)).toMatch(
      /\n1,200 servers of the policy not found: s-1, s-2, s-3, …\./,
    );
    expect(messageText(many, zh)).toContain('s-3……。请从 select.servers');
  });

  it('has sentences in both languages for all but run results and daily messages', () => {
    for (const one of everyKind.filter(({ kind }) => kind !== 'settled' && kind !== 'drill')) {
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
  it('speaks of a restore without a policy', () => {
    const counts = { selected: 2, exported: 0, restored: 1, failed: 1 };
    const none = { skipped: 0, timed_out: 0, cancelled: 0 };
    const settled = settledRun({ policy: 'restore', counts: { ...counts, ...none } });
    const run = { ...settled, kind: 'restore' as const };
    expect(headline(run, en)).toMatch(/^restore: .*1 of 2 phones restored$/);
    expect(emailText(run, 9, en)).not.toContain('Policy');
    expect(emailText(run, 9, en)).toContain('Phones: 2 selected, 1 restored, 1 failed');
  });

  it('explains each phone by its reason, with the codes behind it', () => {
    const failed = [
      { phone_id: 'p1', outcome: 'failed' as const, reason: 'job_failed', code: 'CPS.0103' },
      { phone_id: 'p2', outcome: 'timed_out' as const, reason: 'odd' },
      { phone_id: 'p3', outcome: 'cancelled' as const },
    ];
    const run = settledRun({ failed });
    expect(emailText(run, 50, en).split('\n').slice(-4)).toEqual([
      'Not exported:',
      '- p1: the export job failed (job_failed, CPS.0103)',
      '- p2: timed out (odd)',
      '- p3: cancelled',
    ]);
    expect(emailText(run, 50, zh).split('\n').slice(-3)).toEqual([
      '- p1：导出任务失败（job_failed，CPS.0103）',
      '- p2：超时（odd）',
      '- p3：已取消',
    ]);
  });

  it('lists the phones without a recent backup by name, with their last backup and failure', () => {
    expect(emailText(stalePolicy(), 2, en).split('\n').slice(-4)).toEqual([
      'No recent backup:',
      '- game-0001 (p1): never backed up, the export job failed (job_failed, CPS.0103)',
      '- p2: last backup 2025-12-01 08:00 Asia/Shanghai, the export job failed (job_failed, CPS.0103)',
      '... and 10 more',
    ]);
    expect(emailText(stalePolicy(), 50, zh).split('\n').slice(-5)).toEqual([
      '没有近期备份：',
      '- game-0001（p1）：从未备份，导出任务失败（job_failed，CPS.0103）',
      '- p2：最近一次备份 12 月 1 日 08:00，导出任务失败（job_failed，CPS.0103）',
      '- game-0003（p3）：最近一次备份 12 月 31 日 05:00',
      '……另有 9 台',
    ]);
  });

  it('has no list when no phone failed', () => {
    expect(emailText(settledRun({ failed: [] }), 50, en)).not.toContain('Not exported');
  });
});
