import parse from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

describe('metrics', () => {
  it('prints the metrics, as text and as JSON', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.settle(await cli.night.requestRun());
    const text = await cli.run('metrics');
    const json = await cli.run('metrics', '--json');
    expect(text.code).toBe(0);
    const names = parse(text.out).map(({ name }) => name);
    expect(names).toContain('phonevault_policy_last_success_timestamp_seconds');
    const families = JSON.parse(json.out) as { name: string; samples: unknown[] }[];
    const withSeries = families.filter(({ samples }) => samples.length > 0);
    expect(withSeries.map(({ name }) => name)).toEqual(names);
  });
});
