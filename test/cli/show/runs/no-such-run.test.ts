import { describe, expect, it } from 'vitest';
import { withRuns } from '../../support/with-runs.ts';

describe('an unknown run', () => {
  it('suggests a similar run id', async () => {
    const { cli, settled, open } = await withRuns();

    const begun = await cli.run('runs', 'show', 'nightly-2026');
    const misspelt = await cli.run('runs', 'show', settled.replace('nightly', 'nihgtly'));
    const strange = await cli.run('runs', 'show', 'x', '--json');

    expect(begun).toMatchObject({ code: 1, out: '' });
    expect(begun.err).toContain(`did you mean ${open} or ${settled}?`);
    expect(misspelt.err).toContain(`did you mean ${settled}?`);
    expect(strange.code).toBe(1);
    expect(JSON.parse(strange.out)).toMatchObject({ error: { code: 'not_found' } });
  });
});
