import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHandler } from '../../../cli/invoke/run-handler.ts';
import { echoHandler } from '../support/echo-handler.ts';
import { fakeIo } from '../support/fake-io.ts';

const parts = echoHandler();

function run(event: object, timeoutMs = 60_000): Promise<string> {
  const facts = {
    functionName: 'echo',
    requestId: '',
    timeoutMs,
    projectId: '',
    userData: {},
    credentials: { token: '', accessKey: '', secretKey: '', securityToken: '' },
  };
  return runHandler(fakeIo({ parts }).io, { file: join(parts.dist, 'echo.js'), event, facts });
}

it('returns null when the handler returns nothing', async () => {
  expect(await run({ nothing: true })).toBe('null');
});

it.each([
  [
    { ours: true },
    { name: 'PhonevaultError', code: 'not_found', message: 'the topic is gone: make one' },
  ],
  [{ foreign: true }, { name: 'TypeError' }],
  [{ exit: true }, { code: 'time_up', message: 'the handler ended the process' }],
])('throws what the handler threw: %j', async (event, error) => {
  await expect(run(event)).rejects.toMatchObject(error);
});

it('ends a handler at its time limit', async () => {
  await expect(run({ wait: true }, 10)).rejects.toThrow('the handler ran longer than 10 ms');
});
