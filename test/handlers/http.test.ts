import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { payloads } from '../../events/index.ts';
import { handler } from '../../handlers/http.ts';
import { context, loggedRequests, SETTINGS } from './logged-requests.ts';

const event = { httpMethod: 'GET', path: '/v1/runs', headers: { authorization: 'Bearer hunter2' } };
const settings: Record<string, string> = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
};
const contextWith = (more: Record<string, string>) => ({
  getUserData: (name: string) => ({ ...settings, ...more })[name],
});

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => vi.restoreAllMocks());

describe('the http handler', () => {
  it('authorizes nobody while no caller is set', async () => {
    const answer = await handler(event, contextWith({}));
    expect(answer).toMatchObject({ statusCode: 401, isBase64Encoded: false });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 401, code: 'token_unknown' });
    expect(lines.join('')).toContain('http_refused');
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('authorizes nobody while one entry is invalid', async () => {
    const wrong = { PHONEVAULT_HTTP_TOKENS: `ci:read:never:sha256-${'0'.repeat(64)},hunter2` };
    const answer = await handler(event, contextWith(wrong));
    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'setting_invalid' });
    expect(lines.join('')).toContain('entry 2');
    expect(lines.join('')).not.toContain('hunter2');
  });

  it('returns 400 for the event of another trigger, so that the platform does not deliver it again', async () => {
    const timer = { trigger_type: 'TIMER', time: '2026-02-03T02:15:00Z' };
    const answer = await handler(timer, contextWith({}));
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'event_invalid', title: 'Bad Request' });
    expect(lines.join('')).toContain('http_refused');
  });
});

describe('the http handler logs with the request id', () => {
  const requests = loggedRequests();

  it('that a setting is missing', async () => {
    await handler(payloads.apigShowRun.event, context({}));
    expect(requests()).toEqual(['invocation_failed request-4711']);
  });

  it('that it refused the event of another trigger', async () => {
    await handler(payloads.timerPlain.event, context(SETTINGS));
    expect(requests()).toEqual(['http_refused request-4711']);
  });
});
