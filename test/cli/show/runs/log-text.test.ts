import { describe, expect, it } from 'vitest';
import { withRuns } from '../../support/with-runs.ts';

describe('the log of a run', () => {
  it('lists the log with --log, with the names of phones', async () => {
    const { cli, settled } = await withRuns();

    const { out } = await cli.run('runs', 'show', settled, '--log');

    const log = out.slice(out.indexOf('\nLog\n')).split('\n').slice(2);
    const times = log.map((line) => line.slice(0, 19));
    expect(times).toEqual([...times].sort());
    expect(log.find((line) => line.includes('intent'))).toMatch(
      /\+01:00 {2}intent .* game-\d+ game-/,
    );
    expect(log.find((line) => line.includes('verified'))).toMatch(
      /verified {2}(game|test)-\d+ .* KB/,
    );
    expect(log.at(-1)).toContain('notified');
  });
});
