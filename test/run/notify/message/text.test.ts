import { describe, expect, it } from 'vitest';
import type { Locale } from '../../../../lib/run/notify/message/notification.ts';
import { textsOf } from '../../../../lib/run/notify/message/text.ts';
import { everyKind, failedPhone, settledRun, skippedPhone, stalePolicy, START } from './samples.ts';

const en: Locale = { language: 'en', timezone: 'Asia/Shanghai' };
const zh: Locale = { language: 'zh', timezone: 'Asia/Shanghai' };
const none = { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };

const night = settledRun({
  counts: { ...none, selected: 37, exported: 31, failed: 4, skipped: 2 },
  failed: ['game-0020', 'game-0021', 'game-0022', 'game-0023'].map((name) => failedPhone(name)),
  skipped: [skippedPhone('game-0009', 'stopped'), skippedPhone('game-0014', 'frozen')],
});

const names = (length: number, name: (n: number) => string) =>
  Array.from({ length }, (_, n) => failedPhone(name(n)));

describe('the message at night', () => {
  it('says what, how bad, which phones, why, and what to do next', () => {
    expect(textsOf(night, en).line).toBe(
      'nightly 02:30 partial: 31 of 37 backed up, 4 failed (game-0020 … 0023: CPH could not write to OBS, CPS.0107), 2 skipped (1 frozen, 1 stopped), 29 s, 2.1 GB. Next: phonevault runs show nightly-20260102t023000z',
    );
    expect(textsOf(night, zh).line).toBe(
      'nightly 02:30 部分完成：37 台中 31 台已备份，4 台失败（game-0020 … 0023：CPH 无法写入 OBS，CPS.0107），2 台跳过（1 台已冻结，1 台已关机），29 秒，2.1 GB。下一步：phonevault runs show nightly-20260102t023000z',
    );
  });

  it('is one text message, with names while they fit', () => {
    expect(textsOf(night, en).sms).toBe(
      'Phonevault nightly 02:30 partial: 31 of 37 backed up, 4 failed (game-0020..0023: CPH could not write to OBS, CPS.0107), 2 skipped (1 frozen, 1 stopped)',
    );
    expect(textsOf(night, zh).sms).toBe(
      'nightly 02:30 部分完成：37 台中 31 台已备份，4 台失败（game-0020..0023），2 台跳过',
    );
  });

  it('has numbers alone in the subject', () => {
    expect(textsOf(night, en).subject).toBe(
      'nightly 02:30 partial: 31 of 37 backed up, 4 failed, 2 skipped',
    );
  });

  it('explains each cause in the e-mail, after the command', () => {
    expect(textsOf(night, en).email.split('\n')).toEqual([
      'nightly 02:30 partial: 31 of 37 backed up, 4 failed, 2 skipped',
      'Next: phonevault runs show nightly-20260102t023000z',
      '',
      'Run: nightly-20260102t023000z',
      'Started: 2026-01-02 02:30 Asia/Shanghai',
      'Ended: 2026-01-02 02:30 Asia/Shanghai, after 29 s',
      '',
      '4 failed: CPH could not write to OBS (job_failed, CPS.0107)',
      '  game-0020 … 0023',
      expect.stringContaining('  On all phones: let CPH write to the bucket'),
      '',
      '1 skipped: frozen',
      '  game-0014',
      '  Unfreeze it: often its server is not paid for.',
      '1 skipped: stopped',
      '  game-0009',
      '  Start the phone: only running phones are exported.',
      '',
      'Report: obs://my-phone-backups/phonevault/runs/x/report.json',
    ]);
  });
});

describe('a run', () => {
  const lineOf = (changes: Parameters<typeof settledRun>[0], locale = en): string =>
    textsOf(settledRun({ failed: [], ...changes }), locale).line;

  it('without phones says so', () => {
    expect(lineOf({ outcome: 'skipped', counts: none, bytes: 0 })).toMatch(
      /^nightly 02:30 skipped: no phones selected\. Next: /,
    );
  });

  it('that was cancelled before it began has no counts', () => {
    expect(lineOf({ outcome: 'cancelled', counts: none, bytes: 0 })).toMatch(
      /^nightly 02:30 cancelled: nothing was started\. Next: /,
    );
  });

  it('that was cancelled on the way says how far it came', () => {
    const counts = { ...none, selected: 9, exported: 2, cancelled: 7 };
    expect(lineOf({ outcome: 'cancelled', counts })).toContain(
      'cancelled: 2 of 9 backed up, 7 cancelled, 29 s',
    );
  });

  it('of which all phones were skipped says why', () => {
    const skipped = [skippedPhone('a', 'stopped'), skippedPhone('b', 'resetting')];
    const counts = { ...none, selected: 2, skipped: 2 };
    expect(lineOf({ outcome: 'skipped', counts, skipped, bytes: 0 })).toContain(
      'skipped: 0 of 2 backed up, 2 skipped (1 still resetting, 1 stopped), 29 s',
    );
  });

  it('whose report cannot be read has the counts', () => {
    const counts = { ...none, selected: 5_000, failed: 4_000, exported: 1_000 };
    expect(lineOf({ outcome: 'partial', counts })).toContain(
      '1,000 of 5,000 backed up, 4,000 failed,',
    );
  });

  it('that could not start says why, with the code', () => {
    const failure = { reason: 'bucket_missing', message: 'bucket b does not exist here' };
    const start = { outcome: 'failed' as const, counts: none, bytes: 0, ...failure };
    expect(lineOf(start)).toMatch(
      /^nightly 02:30 failed: bucket b does not exist here \(bucket_missing\)\. Next: /,
    );
    expect(lineOf(start, zh)).toMatch(/^nightly 02:30 失败：桶不存在（bucket_missing）。下一步：/);
    expect(textsOf(settledRun({ failed: [], ...start }), zh).email).toContain(
      '\n原文：bucket b does not exist here\n请在函数所在区域创建桶',
    );
  });

  it('over midnight has the day of its slot, in the zone of the policy', () => {
    const slot = Date.UTC(2026, 0, 1, 15, 50);
    const times = { slot, started_at: slot, settled_at: slot + 20 * 60_000 };
    expect(lineOf({ outcome: 'completed', ...times })).toMatch(
      /^nightly 2026-01-01 23:50 completed: /,
    );
    expect(lineOf({ outcome: 'completed', ...times }, { ...en, timezone: 'UTC' })).toMatch(
      /^nightly 15:50 completed: /,
    );
  });

  it('that started late says so in the e-mail', () => {
    const times = { started_at: START + 40 * 60_000, settled_at: START + 60 * 60_000 };
    const { email } = textsOf(settledRun(times), en);
    expect(email).toContain('\nSlot: 2026-01-02 02:30 Asia/Shanghai\nStarted: 2026-01-02 03:10 ');
  });

  it('of a restore speaks of restored phones, and has no policy', () => {
    const counts = { ...none, selected: 2, restored: 1, failed: 1 };
    const restore = { ...settledRun({ counts, failed: [] }), kind: 'restore' as const };
    expect(textsOf(restore, en).subject).toBe('restore 02:30 partial: 1 of 2 restored, 1 failed');
    expect(textsOf(restore, zh).subject).toBe('恢复 02:30 部分完成：2 台中 1 台已恢复，1 台失败');
  });

  it('of a drill says whether it passed, and how long phones were without their data', () => {
    const counts = { ...none, selected: 2, restored: 2 };
    const drill = { policy: 'nightly', verdict: 'passed' as const, seconds: 373 };
    const drilled = { ...settledRun({ counts, failed: [] }), kind: 'drill' as const, drill };
    expect(textsOf(drilled, en).line).toContain(
      'nightly 02:30 restore drill passed: 2 of 2 restored, 6 min 13 s, ',
    );
    expect(textsOf(drilled, zh).subject).toBe('nightly 02:30 恢复演练通过：2 台中 2 台已恢复');
  });

  it('says what else was wrong, and what to do', () => {
    const odd = settledRun({
      suspects: { count: 4, phones: ['p1'], names: ['game-1'] },
      leftovers: { count: 1, codes: ['AccessDenied'] },
      missingServers: { count: 1_200, first: ['s-1', 's-2', 's-3'] },
      undone: [{ step: 'index_run', message: 'OBS answered 403' }],
    });
    expect(textsOf(odd, en).subject).toMatch(
      /, 4 suspiciously small, 1 superseded archive not deleted, 1,200 servers not found$/,
    );
    expect(textsOf(odd, en).line).toContain(', not done: the run is not in the index, 29 s');
    const { email } = textsOf(odd, en);
    expect(email).toContain('\n4 archives are less than half as large as usual: game-1, …. ');
    expect(email).toContain('\n1 superseded archive not deleted (AccessDenied). They stay');
    expect(email).toContain('s-1, s-2, s-3, …. Remove them from select.servers, or their tags.\n');
    expect(email).toContain('\nNot done: the run is not in the index.\n  OBS answered 403');
    expect(textsOf(odd, zh).email).toContain(
      '\n未能完成：运行未写入索引。\n  原文：OBS answered 403',
    );
  });
});

describe('a large fleet', () => {
  const codes = Array.from({ length: 12 }, (_, n) => `CPS.0${String(n + 1).padStart(3, '0')}`);
  const failed = names(5_000, (n) => `game-${String(n).padStart(5, '0')}`).map((phone, n) => ({
    ...phone,
    code: codes[n % 12],
  }));
  const counts = { ...none, selected: 5_001, exported: 1, failed: 5_000 };

  it.each([en, zh])('with 5,000 failures of 12 causes stays short in $language', (locale) => {
    const { line, sms, email } = textsOf(settledRun({ failed, counts }), locale);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1_536);
    expect(line).toMatch(/9 other causes: 3,749 phones|另有 9 种原因，共 3,749 台/);
    expect(line).toContain('game-00000');
    expect(sms.length).toBeLessThanOrEqual(locale === en ? 160 : 70);
    expect(sms).toContain('5,000');
    expect(email.length).toBeLessThan(6_000);
  });

  it.each([
    ['names of 64 characters', (n: number) => `${'长'.repeat(60)}${n * 2}`],
    ['names without order', (n: number) => `${(n * 7_919) % 5_003}-${'x'.repeat(50)}`],
    ['one name for all', () => 'game'],
    ['no names', () => ''],
  ])('with %s keeps the command in a message for chatbots', (_, name) => {
    for (const locale of [en, zh]) {
      const { line, sms } = textsOf(settledRun({ failed: names(5_000, name), counts }), locale);
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1_536);
      expect(line).toMatch(/phonevault runs show nightly-20260102t023000z$/);
      expect(sms.length).toBeLessThanOrEqual(160);
      expect(sms).toMatch(/5,000/);
    }
  });

  it('writes a text message without Chinese names where they would not fit', () => {
    const run = settledRun({ failed: names(3, (n) => `广州机房云手机${n * 2}`), counts });
    expect(textsOf(run, en).sms).toBe(
      'Phonevault nightly 02:30 partial: 1 of 5,001 backed up, 5,000 failed',
    );
  });
});

describe('a stale policy', () => {
  const stale = stalePolicy({ objective: { phones: 90 }, limit: Date.UTC(2026, 0, 1, 16, 5) });

  it.each([
    [
      en,
      'nightly stale: 12 of 40 phones have no backup since 2026-01-02 00:05 Asia/Shanghai (game-0001, game-0003, p2 and 9 more), 70% have one, objective 90%. Next: phonevault status --phones nightly',
    ],
    [
      { ...zh, timezone: 'UTC' },
      'nightly 备份时效未达标：40 台中 12 台自 1 月 1 日 16:05（UTC）起没有备份（game-0001、game-0003、p2 及另外 9 台），70% 有备份，目标 90%。下一步：phonevault status --phones nightly',
    ],
  ])('names its phones, with times in the zone of the policy: %j', (locale, expected) => {
    expect(textsOf(stale, locale).line).toBe(expected);
  });

  it('lists phones with their last backup, and why there is no newer one', () => {
    expect(textsOf(stalePolicy(), en).email.split('\n').slice(-4)).toEqual([
      '- game-0001 (p1): never backed up, CPH could not write to OBS (CPS.0103)',
      '- p2: last backup 2025-12-01 08:00 Asia/Shanghai, CPH could not write to OBS (CPS.0103)',
      '- game-0003 (p3): last backup 2025-12-31 05:00 Asia/Shanghai',
      '… and 9 more',
    ]);
    expect(textsOf(stalePolicy(), zh).email).toContain(
      '\n- p2：最近一次备份 12 月 1 日 08:00，CPH 无法写入 OBS（CPS.0103）\n',
    );
  });
});

describe('every kind', () => {
  const cases = everyKind.map((one, index) => ({ one, at: `${index} ${one.kind}` }));

  it.each(cases)('obeys the language: $at', ({ one }) => {
    const chinese = textsOf(one, zh);
    for (const text of Object.values(chinese)) expect(text).toMatch(/\p{Script=Han}/u);
    for (const text of Object.values(textsOf(one, en))) expect(text).not.toMatch(/\p{Script=Han}/u);
    // What is quoted, named or called stays as it is.
    const prose = chinese.line
      .replace(/phonevault[\w /.-]*/gi, '')
      .replace(/（[^（）]*）|obs:\S+/g, '')
      .replace(
        /\b(?:CPH|OBS|[\w-]*nightly[\w-]*|game-\d+|max_delete|start_within|GB|CPS\.\d+|p\d)\b/g,
        '',
      );
    expect(prose).not.toMatch(/[a-z]{3,}/i);
  });

  it.each(cases)('is one line for chatbots and phones: $at', ({ one }) => {
    for (const locale of [en, zh]) {
      const { subject, line, sms } = textsOf(one, locale);
      for (const text of [subject, line, sms]) expect(text).not.toContain('\n');
      expect(line).toMatch(/(?:Next: |Details: |下一步：|详情：)phonevault [a-z]/);
      expect(sms).not.toMatch(/[[\]【】]/);
      expect(sms.length).toBeLessThanOrEqual(/\p{Script=Han}/u.test(sms) ? 70 : 160);
      expect(`${subject}${line}`).not.toMatch(/undefined|NaN/);
    }
  });
});
