import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { eventOf, invoke } from '../../../../deploy/plugin/commands/invoke.js';
import { fakeCloud } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

describe('the event of an invocation', () => {
  it('is empty, or what --data or --path contains', async () => {
    expect(await eventOf({})).toEqual({});
    expect(await eventOf({ data: '{"a":1}' })).toEqual({ a: 1 });
    const url = new URL('../../../../events/payloads/timer-named.json', import.meta.url);
    expect(await eventOf({ path: fileURLToPath(url) })).toHaveProperty('user_event');
  });

  it.each([{ data: '{' }, { path: fileURLToPath(import.meta.url) }])(
    'is refused when it is not JSON: %j',
    async (options) => {
      await expect(eventOf(options)).rejects.toMatchObject({ code: 'event_invalid' });
    },
  );
});

describe('invoke', () => {
  const play = async (result: string, status = 200) => {
    const lines: string[] = [];
    const answer = { requestId: 'r-1', result, log: 'one\ntwo\n', status };
    const { cloud } = fakeCloud({ invoke: async () => answer });
    const failure: unknown = await invoke(cloud, desired(), {}, (line) => lines.push(line)).catch(
      (error: unknown) => error,
    );
    return { lines, failure };
  };

  it('prints the log, then the result', async () => {
    expect(await play('{"ok":true}')).toEqual({
      lines: ['one\ntwo', '{"ok":true}'],
      failure: undefined,
    });
  });

  it.each([
    ['{"errorMessage":"boom"}', 200, 'boom'],
    ['Bad Gateway', 502, 'status 502'],
    ['null', 500, 'status 500'],
  ])('fails after it printed the result %s with status %i', async (result, status, why) => {
    const { lines, failure } = await play(result, status);
    expect(lines.at(-1)).toBe(result);
    expect(failure).toMatchObject({
      code: 'function_failed',
      message: `phonevault-test-drive failed: ${why} (request r-1)`,
    });
  });

  it.each(['null', '"text"', '[]', '{"errorMessage":5}', 'not json'])(
    'takes the result %s for a success',
    async (result) => expect((await play(result)).failure).toBeUndefined(),
  );
});
