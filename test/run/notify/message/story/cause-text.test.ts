import { describe, expect, it } from 'vitest';
import {
  causeLines,
  causeText,
  phonesText,
  skipText,
} from '../../../../../lib/run/notify/message/story/cause-text.ts';
import { causesOf } from '../../../../../lib/run/notify/message/story/causes.ts';
import { chinese } from '../../../../../lib/run/notify/message/words/text-zh.ts';
import { english } from '../../../../../lib/run/notify/message/words/text-en.ts';
import { failedPhone, skippedPhone } from '../samples.ts';

const codes = ['CPS.0107', 'CPS.0103', 'CPS.0005', 'CPS.0003', 'CPS.0042'];
/** Five causes of five, four, three, two and one phones. */
const many = codes.flatMap((code, index) =>
  Array.from({ length: 5 - index }, (_, n) =>
    failedPhone(`${'abcde'.charAt(index)}${n}`, { code }),
  ),
);

describe('causeText', () => {
  it('names phones, why, and the code of the service', () => {
    const phones = [...['game-0020', 'game-0021', 'game-0022'].map((name) => failedPhone(name))];
    expect(causeText(causesOf(phones, 'en'), english)).toBe(
      'game-0020 … 0022: CPH could not write to OBS, CPS.0107',
    );
    expect(causeText(causesOf(phones, 'zh'), chinese)).toBe(
      'game-0020 … 0022：CPH 无法写入 OBS，CPS.0107',
    );
  });

  it('leaves out the code of a reason of ours: its words say it', () => {
    const lost = failedPhone('a', { reason: 'archive_missing', code: undefined });
    expect(causeText(causesOf([lost], 'en'), english)).toBe('a: the archive is missing');
  });

  it('names three causes, and counts the others', () => {
    expect(causeText(causesOf(many, 'en'), english)).toMatch(
      /^a0 … 4: .*; b0 … 3: .*; c0 … 2: .*, CPS\.0005; 2 other causes: 3 phones$/,
    );
    expect(causeText(causesOf(many, 'zh'), chinese)).toContain('；另有 2 种原因，共 3 台');
  });

  it('names the first phones, and counts the others', () => {
    const odd = Array.from({ length: 9 }, (_, n) => failedPhone(`n${n * 2}`));
    expect(causeText(causesOf(odd, 'en'), english)).toMatch(/^n0, n2, n4, n6 and 5 more: /);
    expect(causeText(causesOf(odd, 'zh'), chinese)).toMatch(/^n0、n2、n4、n6 及另外 5 台：/);
  });
});

describe('skipText', () => {
  it('counts phones by their state', () => {
    const states = ['stopped', 'stopped', 'frozen', 'abnormal', 'unknown_12', 'creating'];
    const skipped = states.map((state, n) => skippedPhone(`p${n}`, state));
    expect(skipText(causesOf(skipped.slice(0, 3), 'en'), english)).toBe('2 stopped, 1 frozen');
    const more = ['resetting', 'stopping'].map((state) => skippedPhone('x', state));
    expect(skipText(causesOf([...skipped, ...more], 'zh'), chinese)).toBe(
      '2 台已关机，1 台异常，1 台仍在创建，1 台已冻结，1 台仍在重置，另有 2 种原因，共 2 台',
    );
    expect(skipText(causesOf([...skipped, ...more.slice(1)], 'en'), english)).not.toContain(
      'other',
    );
  });
});

describe('phonesText', () => {
  it('names the phones of all causes together', () => {
    expect(phonesText(causesOf(many.slice(0, 9), 'en'), english)).toBe('a0 … 4, b0 … 3');
  });
});

describe('causeLines', () => {
  it('lists causes with codes, names, and what to do once', () => {
    expect(causeLines('failed', 9, causesOf(many.slice(0, 9), 'en'), english)).toEqual([
      '5 failed: CPH could not write to OBS (job_failed, CPS.0107)',
      '  a0 … 4',
      expect.stringMatching(/^ {2}On all phones: /),
      '4 failed: CPH could not write to OBS (job_failed, CPS.0103)',
      '  b0 … 3',
    ]);
  });

  it('counts phones that are not known, and says nothing of none', () => {
    expect(causeLines('failed', 1_200, [], english)).toEqual(['1,200 failed']);
    expect(causeLines('failed', 0, [], english)).toEqual([]);
  });

  it('counts causes after the tenth', () => {
    const phones = Array.from({ length: 12 }, (_, n) => failedPhone(`p${n}`, { code: `X.${n}` }));
    expect(causeLines('failed', 12, causesOf(phones, 'en'), english).at(-1)).toBe(
      '2 other causes: 2 phones',
    );
  });
});
