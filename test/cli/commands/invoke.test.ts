import { expect, it } from 'vitest';
import { cliNight } from '../support/cli-night.ts';
import { echoHandler } from '../support/echo-handler.ts';

const parts = echoHandler();

const invoke = async (event: object, ...more: string[]) => {
  const cli = await cliNight({ io: { parts, readStdin: async () => JSON.stringify(event) } });
  return { cli, ...(await cli.run('invoke', 'echo', '--event', '-', ...more)) };
};

it('runs a handler with the settings and credentials of the environment', async () => {
  const { cli, code, out, err } = await invoke({ n: 1 }, '--timeout', '30s');

  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    event: { n: 1 },
    project: cli.night.cloud.projectId,
    bucket: cli.night.cloud.bucket,
    unknown: null,
    hasKeys: true,
    hasTime: true,
    id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
  });
  expect(err).toBe('a line of its log');
});

it.each([
  [{ ours: true }, 'error: the topic is gone: make one'],
  [{ foreign: true }, 'error: unexpected TypeError'],
])('exits with 1 when the handler throws: %j', async (event, message) => {
  const { code, out, err } = await invoke(event);

  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(message);
  expect(err).not.toContain('hunter2');
});
