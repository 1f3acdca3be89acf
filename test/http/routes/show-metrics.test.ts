import parse from 'parse-prometheus-text-format';
import { describe, expect, it } from 'vitest';
import { READER } from '../../../testing/keys.ts';
import { ready } from '../support/runs.ts';

describe('GET /v1/metrics', () => {
  it('returns metrics that Prometheus can read, to a token that may read', async () => {
    const made = await ready();
    const { status, headers, text } = await made.call('GET', '/v1/metrics', { token: READER });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(parse(text).map(({ name }) => name)).toContain('phonevault_policy_state');
  });

  it('refuses a call without a token', async () => {
    const made = await ready();
    expect((await made.call('GET', '/v1/metrics', { token: '' })).status).toBe(401);
  });
});
