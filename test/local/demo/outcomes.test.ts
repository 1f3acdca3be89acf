import { describe, expect, it } from 'vitest';
import { groupOutcomes, outcomeLines } from '../../../local/demo/outcomes.ts';

const phones = [
  { phone_id: 'c', outcome: 'skipped', reason: 'stopped', attempts: 0 },
  { phone_id: 'b', outcome: 'exported', attempts: 1 },
  { phone_id: 'f', outcome: 'failed', reason: 'job_failed', code: 'CPS.0107', attempts: 2 },
  { phone_id: 'a', outcome: 'exported', attempts: 1 },
  { phone_id: 'e', outcome: 'skipped', reason: 'frozen', attempts: 0 },
  { phone_id: 'd', outcome: 'skipped', reason: 'stopped', attempts: 0 },
  { phone_id: 'g', outcome: 'timed_out', reason: 'deadline', attempts: 1 },
  { phone_id: 'h', outcome: 'exported', attempts: 2 },
];
const groups = () => groupOutcomes(phones, ({ phone_id }) => `game-${phone_id}`);

describe('groupOutcomes', () => {
  it('puts each phone under its outcome, reason, code and number of tries', () => {
    expect(groups().map(({ title, phones: names }) => [title, names])).toEqual([
      ['exported', ['game-a', 'game-b']],
      ['exported, 2 tries', ['game-h']],
      ['failed: job_failed CPS.0107, 2 tries', ['game-f']],
      ['timed out: deadline', ['game-g']],
      ['skipped: stopped', ['game-c', 'game-d']],
      ['skipped: frozen', ['game-e']],
    ]);
  });
});

describe('outcomeLines', () => {
  const plain = (title: string) => title;

  it('shows headings with numbers and every phone once', () => {
    const text = outcomeLines(groups(), 80, plain).join('\n');
    expect(text).toContain('skipped: stopped (2)\n  game-c game-d');
    for (const { phone_id } of phones) expect(text.split(`game-${phone_id}`)).toHaveLength(2);
  });

  it.each([20, 40, 80])('keeps within %d columns', (width) => {
    const many = Array.from({ length: 100 }, (_, index) => `game-${index}`);
    const all = [...groups(), { title: 'exported', outcome: 'exported', phones: many }];
    for (const line of outcomeLines(all, width, plain)) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  it('lets a long label break between name and id', () => {
    const phone = `game-0001 (${'0'.repeat(32)})`;
    const group = { title: 'failed', outcome: 'failed', phones: [phone] };
    expect(outcomeLines([group], 40, plain)).toHaveLength(3);
  });
});
