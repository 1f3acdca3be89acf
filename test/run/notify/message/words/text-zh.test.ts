import { describe, expect, it } from 'vitest';
import { chinese } from '../../../../../lib/run/notify/message/words/text-zh.ts';
import { day } from '../samples.ts';

describe('chinese', () => {
  it.each([
    [0, '自 A 起不再运行'],
    [1, '计划时间 B 未运行'],
    [2_000, 'A 至 B 的 2,000 个计划时间未运行'],
  ])('names missed slots by their number: %i', (slots, expected) => {
    expect(chinese.missed({ first: 'A', last: 'B', slots })).toBe(expected);
  });

  it('names the zone of a time except Asia/Shanghai, without a space after the bracket', () => {
    const time = { year: '2026', month: '01', day: '02', clock: '02:30' };
    expect(chinese.noGoodRun(chinese.time({ ...time, zone: 'Asia/Shanghai' }))).toBe(
      '自 1 月 2 日 02:30 起没有成功的全量运行',
    );
    expect(chinese.noGoodRun(chinese.time({ ...time, zone: 'UTC' }))).toBe(
      '自 1 月 2 日 02:30（UTC）起没有成功的全量运行',
    );
  });

  it('counts problems first in a daily summary, and leaves out counts of zero', () => {
    const runs = { completed: 3, partial: 0, failed: 1, skipped: 0, cancelled: 0 };
    expect(chinese.summaryParts(day({ runs, missed: 2, stale: ['a'], invalid: [] }))).toEqual([
      ...['1 个策略备份时效未达标', '错过 2 个计划时间', '已完成 3 次', '失败 1 次'],
    ]);
  });

  it('says so when a day had no runs and no problems', () => {
    expect(chinese.summaryParts(day())).toEqual(['没有运行']);
  });

  it('separates Latin words from Chinese ones', () => {
    expect(chinese.phonesThat(2, '已关机')).toBe('2 台已关机');
    expect(chinese.phonesThat(2, 'CPH 拒绝了请求')).toBe('2 台 CPH 拒绝了请求');
  });
});
