import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { payloads } from '../../events/index.ts';
import { authenticate } from '../../lib/http/authenticate.ts';
import { parseApigEvent } from '../../lib/runtime/events/apig-event.ts';
import { tokenEntry, webhookSecret } from '../../testing/keys.ts';
import { EXAMPLE_SECRET, EXAMPLE_TOKEN } from './callers.ts';

describe('events', () => {
  it('contain each payload file once', () => {
    const files = readdirSync(new URL('../../events/payloads/', import.meta.url));
    const names = Object.values(payloads).map(({ name }) => `${name}.json`);
    expect(names.sort()).toEqual(files.sort());
  });

  it.each(['apigStartRun', 'apigDedicatedStartRun', 'apigWebhook'] as const)(
    'have a known caller in %s',
    async (name) => {
      const { request } = parseApigEvent(payloads[name].event);
      const body = new Uint8Array(await request.arrayBuffer());
      const callers = {
        tokens: [tokenEntry(EXAMPLE_TOKEN)],
        webhooks: [webhookSecret(EXAMPLE_SECRET)],
      };
      const at = Date.parse('2026-02-03T02:31:00+08:00');
      const call = { headers: request.headers, body: async () => body };
      expect(await authenticate(callers, call, at)).toMatchObject(
        name === 'apigWebhook' ? { kind: 'webhook' } : { kind: 'token', name: 'example' },
      );
    },
  );

  it('are typed', () => {
    expect(payloads.ctsCreatePhone.parsed.cts.trace_name).toBe('createCloudPhone');
    expect(payloads.timerNamed.parsed.user_event).toBe('nightly');
    expect(payloads.apigShowRun.parsed.pathParameters).toEqual([
      ['', 'v1/runs/nightly-20260202t183000z'],
    ]);
    expect(payloads.smnSeveral.parsed.record).toHaveLength(3);
    expect(payloads.failureOfTrace.parsed.request_context.approximate_invoke_count).toBe(2);
  });
});
