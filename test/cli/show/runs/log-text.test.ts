import { describe, expect, it } from 'vitest';
import { logText } from '../../../../cli/show/runs/log-text.ts';
import { eventSchema } from '../../../../lib/ledger/run/events.ts';
import type { LogLine } from '../../../../lib/run/query/schemas/run.ts';
import { fakeIo } from '../../support/fake-io.ts';
import { withRuns } from '../../support/with-runs.ts';

const AT = '2026-01-01T18:30:05.000Z';
const names = new Map([['p1', 'game-1']]);
const say = (line: object, language: 'en' | 'zh' = 'en', columns = Infinity): string =>
  logText(fakeIo({ language, columns }).io, [{ at: AT, ...line } as LogLine], names).join('\n');

describe('the log of a run', () => {
  it('lists the log with --log, with the names of phones', async () => {
    const { cli, settled } = await withRuns();
    const { out } = await cli.run('runs', 'show', settled, '--log');
    const log = out.slice(out.indexOf('\nLog\n')).split('\n').slice(2);
    const times = log.map((line) => line.slice(0, 19));
    expect(times).toEqual([...times].sort());
    expect(log.some((line) => / {2}asks CPH to export .*game-\d+ game-/.test(line))).toBe(true);
    expect(log.at(-1)).toMatch(/notification/);
  });

  it.each([
    [
      { type: 'accepted', phone_id: 'p1', attempt: 2 },
      'game-1  CPH accepted the request (attempt 2)',
    ],
    [
      { type: 'refused', phone_id: 'p2', code: 'CPS.0107' },
      'p2  CPH refused the request: CPH could not write to OBS (CPS.0107)',
    ],
    [
      { type: 'ended', phone_id: 'p1', result: 'succeeded', took: 29_000 },
      'game-1  the job succeeded after 29 s',
    ],
    [
      { type: 'outcome', phone_id: 'p1', outcome: 'skipped', reason: 'stopped' },
      'game-1  skipped: stopped',
    ],
    [{ type: 'notified', skipped: 'no_problem' }, 'no notification: notify.when is problems'],
    [{ type: 'of_a_newer_version', phone_id: 'p1' }, 'game-1  of_a_newer_version'],
  ])('says of %j what happened', (line, expected) => {
    expect(say(line)).toBe(`2026-01-01 19:30:05  ${expected}`);
  });

  it('has words for every event, in both languages', () => {
    const fields = {
      ...{
        phone_id: 'p1',
        attempt: 1,
        attempts: [{ phone_id: 'p1', attempt: 1 }],
        size: 3,
        key: 'k',
      },
      ...{ code: 'timeout', message: 'm', until: 1, chosen: 2, step: 'report', reason: 'deadline' },
    };
    const variants: Record<string, object[]> = {
      ended: [{ result: 'failed' }, { result: 'lost' }],
      read: [{ result: 'ok' }, { result: 'broken' }],
      outcome: [{ outcome: 'failed' }],
      outage_started: [{ to: 'jobs' }],
      outage_ended: [{ to: 'archives' }],
    };
    for (const { shape } of eventSchema.options) {
      const type = shape.type.value;
      for (const more of variants[type] ?? [{}]) {
        const [en, zh] = [
          say({ type, ...fields, ...more }),
          say({ type, ...fields, ...more }, 'zh'),
        ];
        expect(en, type).not.toContain(type === 'outcome' ? '_' : `  ${type}`);
        expect(zh, type).toMatch(/\p{Script=Han}/u);
        expect(en).not.toBe(zh);
      }
    }
  });

  it('folds into a narrow window', () => {
    const text = say({ type: 'refused', phone_id: 'p1', code: 'CPS.0107' }, 'en', 40);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('counts attempts by call: a command before an export makes that no retry', () => {
    const { io } = fakeIo();
    const at = '2026-01-01T00:00:00.000Z';
    const intent = (attempt: number, call: string) => ({
      ...{ type: 'intent', at, window: `w${attempt}` },
      attempts: [{ phone_id: 'p1', attempt, call }],
    });
    const accepted = (attempt: number) => ({ type: 'accepted', at, phone_id: 'p1', attempt });
    const lines = [
      ...[intent(1, 'command'), accepted(1), intent(2, 'export'), accepted(2)],
      ...[intent(3, 'export'), accepted(3)],
    ] as unknown as LogLine[];
    const said = logText(io, lines, new Map()).filter((line) => line.includes('accepted'));
    expect(said.map((line) => /\(attempt \d\)/.exec(line)?.[0])).toEqual([
      ...[undefined, undefined],
      '(attempt 2)',
    ]);
  });
});
