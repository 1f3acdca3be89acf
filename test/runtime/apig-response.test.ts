import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../lib/errors.ts';
import { createLog } from '../../lib/runtime/log.ts';
import { withApigResponse, toApigResponse } from '../../lib/runtime/apig-response.ts';
import { playClock } from '../../testing/play-clock.ts';

describe('toApigResponse', () => {
  it('returns the form that the gateway accepts', async () => {
    const response = new Response('{"é":1}', { status: 202, headers: { Location: '/v1/runs/a' } });
    expect(await toApigResponse(response)).toEqual({
      statusCode: 202,
      headers: { location: '/v1/runs/a', 'content-type': 'text/plain;charset=UTF-8' },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
  });

  it('returns an empty text for a response without a body', async () => {
    expect(await toApigResponse(new Response(null, { status: 204 }))).toMatchObject({
      statusCode: 204,
      body: '',
    });
  });
});

describe('withApigResponse', () => {
  const run = async (error: Error) => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line), playClock());
    const answer = await withApigResponse(log, () => Promise.reject(error));
    return { answer, logged: lines.join('\n') };
  };

  it('returns a problem with only the code for an error outside the application', async () => {
    const error = new PhonevaultError('setting_invalid', 'PHONEVAULT_HTTP_TOKENS is wrong');
    const { answer, logged } = await run(error);
    expect(answer.statusCode).toBe(500);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 500, code: 'setting_invalid' });
    expect(answer.body).not.toContain('PHONEVAULT');
    expect(logged).toContain('PHONEVAULT_HTTP_TOKENS is wrong');
  });

  it('returns nothing of a foreign error', async () => {
    const { answer } = await run(new Error('hunter2'));
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'internal' });
    expect(answer.body).not.toContain('hunter2');
  });
});
