import { describe, expect, it } from 'vitest';
import {
  countsText,
  outcomeText,
  outcomeWord,
  whyText,
} from '../../../../cli/show/runs/outcome-text.ts';
import type { RunPhone, RunSummary, RunView } from '../../../../lib/run/query/schemas/run.ts';
import { fakeIo } from '../../support/fake-io.ts';

const phone = (phone_name: string, state: RunPhone['state'], more: Partial<RunPhone> = {}) => ({
  phone_id: `id-${phone_name}`,
  phone_name,
  server_id: 's1',
  state,
  attempts: 1,
  ...more,
});

const view = {
  run_id: 'nightly-20260101t183000z',
  phase: 'settled',
  outcome: 'partial',
  report: { key: 'phonevault/runs/nightly-20260101t183000z/report.json' },
} as RunView;

describe('the outcome of a run', () => {
  const phones = [
    phone('game-2', 'exported'),
    phone('game-1', 'exported'),
    phone('game-3', 'exported', { attempts: 2 }),
    phone('game-4', 'failed', { reason: 'job_failed', code: 'CPS.0107', attempts: 2 }),
    phone('game-5', 'skipped', { reason: 'stopped' }),
    phone('', 'skipped', { reason: 'stopped' }),
  ];

  it('groups the phones by outcome and reason, failures last', () => {
    expect(outcomeText(fakeIo().io, view, phones, { bucket: 'b' }).split('\n')).toEqual([
      'Run nightly-20260101t183000z: partial',
      'exported (2)',
      '  game-1 game-2',
      'exported: 2 attempts (1)',
      '  game-3',
      'skipped: stopped (2)',
      '  game-5 id-',
      'failed: CPH could not write to OBS (CPS.0107) (1)',
      '  game-4',
      expect.stringMatching(/^ {2}On all phones: let CPH write/),
      'Report: obs://b/phonevault/runs/nightly-20260101t183000z/report.json',
    ]);
  });

  it('names ten phones of a group, or all', () => {
    const twelve = Array.from({ length: 12 }, (_, n) => phone(`game-${10 + n}`, 'exported'));
    const { io } = fakeIo();

    expect(outcomeText(io, view, twelve, { bucket: 'b' })).toContain('game-19 … and 2 more\n');
    expect(outcomeText(io, view, twelve, { bucket: 'b', allPhones: true })).toContain(
      'game-19 game-20 game-21\n',
    );
  });

  it('fits into a narrow window', () => {
    const { io } = fakeIo({ columns: 30 });
    const lines = outcomeText(io, { ...view, report: null }, phones, { bucket: 'b' }).split('\n');

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30);
  });

  it('is in Chinese for whoever reads it', () => {
    const { io } = fakeIo({ language: 'zh' });
    const [title, ...lines] = outcomeText(io, view, phones, { bucket: 'b' }).split('\n');
    expect(title).toBe('运行 nightly-20260101t183000z：部分完成');
    expect(lines).toContain('已导出（2）');
    expect(lines).toContain('失败：CPH 无法写入 OBS（CPS.0107）（1）');
    expect(lines.at(-1)).toMatch(/^报告：obs:/);
    const counts = { selected: 4, exported: 3, failed: 0, skipped: 0, timed_out: 1, cancelled: 0 };
    expect(countsText(io, counts)).toBe('选中 4 台，已导出 3 台，超时 1 台');
    expect(
      whyText(io, { reason: 'bucket_missing', message: 'm' } as RunSummary & { message: string }),
    ).toEqual(['桶不存在（bucket_missing）：m']);
  });
});

it('leaves counts of 0 out', () => {
  const counts = { selected: 4, exported: 3, failed: 0, skipped: 0, timed_out: 1, cancelled: 0 };
  expect(countsText(fakeIo().io, counts)).toBe('4 selected, 3 exported, 1 timed out');
});

it.each([
  [{}, []],
  [{ message: 'm' }, ['m']],
  [{ reason: 'odd' }, ['odd']],
  [{ reason: 'bucket_missing' }, ['the bucket does not exist (bucket_missing)']],
  [{ reason: 'bucket_missing', message: 'm' }, ['m (bucket_missing)']],
])('says why a run of %j never started', (run, expected) => {
  expect(whyText(fakeIo().io, run as RunSummary)).toEqual(expected);
});

it.each([
  ['completed', '\u001b[32mcompleted\u001b[39m'],
  ['timed_out', '\u001b[31mtimed out\u001b[39m'],
  ['partial', '\u001b[33mpartial\u001b[39m'],
])('paints %s', (word, expected) => {
  const { io } = fakeIo({ env: { FORCE_COLOR: '1' } });
  const what = word === 'timed_out' ? 'phoneOutcome' : 'runOutcome';
  expect(outcomeWord(io, what, word)).toBe(expected);
});
