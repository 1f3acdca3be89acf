import { describe, expect, it } from 'vitest';
import { info } from '../../../../deploy/plugin/commands/info.js';
import type { Actual } from '../../../../deploy/plugin/types.js';
import { deployed, fakeCloud, trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const drive = desired();

async function textOf(actual: Actual | undefined): Promise<string> {
  const { cloud } = fakeCloud({
    showFunction: async () => actual?.config,
    showAsync: async () => actual?.async,
    listTriggers: async () => actual?.triggers ?? [],
  });
  const lines: string[] = [];
  await info(cloud, [drive], (line) => lines.push(line));
  return lines.join('\n');
}

describe('info', () => {
  it('names a function that is not deployed', async () => {
    expect(await textOf(undefined)).toBe('drive: not deployed');
  });

  it('shows limits, failures and triggers of a function', async () => {
    const text = await textOf(deployed(drive));
    expect(text).toContain(`drive: ${drive.urn}`);
    expect(text).toContain('at most 400 instances');
    expect(text).toContain('asynchronous invocations: 0 retries, failures to SMN');
    expect(text).toMatch(/TIMER trigger \S+ \(1m\) ACTIVE/);
    expect(text).not.toContain('not deployed by');
  });

  it('shows the URL of a trigger', async () => {
    const actual = deployed(drive);
    actual.triggers = [trigger('APIG', { path: '/', invoke_url: 'https://x.example/' })];
    expect(await textOf(actual)).toContain('APIG trigger (/) ACTIVE https://x.example/');
  });

  it('says when a function is of someone else, and has defaults or no triggers', async () => {
    const actual = deployed(drive, { description: null, strategy_config: null });
    const text = await textOf({ ...actual, async: undefined, triggers: [] });
    expect(text).toContain('not deployed by Phonevault');
    expect(text).toContain('at most ? instances');
    expect(text).toContain('asynchronous invocations: defaults');
    expect(text).toContain('no triggers');
  });
});
