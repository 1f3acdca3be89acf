import { describe, expect, it } from 'vitest';
import { nextCommand } from '../../../../../lib/run/notify/message/story/next-command.ts';
import { parseCommand } from '../../../../support/parse-command.ts';
import { everyKind, settledRun } from '../samples.ts';

const clean = { outcome: 'completed' as const, failed: [] };

describe('nextCommand', () => {
  it('is one command of this program for every notification', async () => {
    for (const one of everyKind) {
      expect(await parseCommand(nextCommand(one).command)).toBe(0);
      expect(nextCommand(one).command).toMatch(
        /^phonevault (?:runs|status|doctor|prune|archives)\b/,
      );
    }
  });

  it('shows the run, and is needed unless all is well', () => {
    const command = 'phonevault runs show nightly-20260102t023000z';
    expect(nextCommand(settledRun(clean))).toEqual({ command, isUrgent: false });
    expect(nextCommand(settledRun())).toEqual({ command, isUrgent: true });
    const suspects = { count: 1, phones: ['p1'], names: ['a'] };
    expect(nextCommand(settledRun({ ...clean, suspects })).isUrgent).toBe(true);
    const leftovers = { count: 1, codes: [] };
    expect(nextCommand(settledRun({ ...clean, leftovers })).isUrgent).toBe(true);
    const undone = [{ step: 'index_run', message: 'x' }];
    expect(nextCommand(settledRun({ ...clean, undone })).isUrgent).toBe(true);
  });

  it.each([
    ['overlap', 'phonevault runs --policy nightly'],
    ['policy_invalid', 'phonevault status'],
    ['phones_not_ready', 'phonevault status --phones nightly'],
    ['too_late', 'phonevault doctor'],
  ])('fits the reason of missed slots: %s', (reason, command) => {
    const missed = { reason, first: '20260101T000000Z', last: '20260101T000000Z', slots: 1 };
    expect(nextCommand({ kind: 'missed', policy: 'nightly', missed }).command).toBe(command);
  });
});
