import { describe, expect } from 'vitest';
import { payloads } from '../../events/index.ts';
import { layout, readOpenKey } from '../../lib/ledger/store/layout.ts';
import { parseApigEvent } from '../../lib/runtime/events/apig-event.ts';
import { readEvent } from '../../lib/runtime/events/read-event.ts';
import { parseTimerEvent, policyNamed } from '../../lib/runtime/events/timer-event.ts';
import { fuzz, refusable } from './fuzz.ts';
import { asBody, hostileText, mutated } from './hostile.ts';

const samples = Object.values(payloads).map(({ event }) => event);

/** Whatever an event says, its hints are objects right in the inbox, and name what could be ids. */
function read(event: unknown): void {
  for (const { id, lookup } of readEvent(event).hints) {
    expect(readOpenKey(layout.hint(id))).toEqual({ kind: 'hint', id });
    for (const named of [...lookup.phones, ...lookup.servers, ...lookup.others]) {
      expect(named).toMatch(/^[\w-]{1,64}$/);
    }
  }
}

const smn = (message: string) => ({
  record: [{ smn: { message_id: 'm1', subject: 's', topic_urn: 't', message } }],
});

const timer = {
  version: 'v1.0',
  time: '2026-02-03T02:15:00+08:00',
  trigger_type: 'TIMER',
  trigger_name: 'nightly',
  user_event: 'nightly',
};

const call = {
  httpMethod: 'POST',
  path: '/backup/v1/runs',
  pathParameters: { '': 'v1/runs' },
  queryStringParameters: { limit: '1', policy: ['a', 'b'] },
  headers: {
    authorization: 'Bearer x',
    'idempotency-key': 'k',
    'content-type': 'application/json',
  },
  body: Buffer.from('{"policy":"nightly"}').toString('base64'),
  isBase64Encoded: true,
};

describe('events', () => {
  fuzz('of CTS, EventGrid, SMN, OBS and failed invocations', mutated(samples), read);
  fuzz('as texts', asBody(mutated(samples)), read);
  fuzz('in messages', asBody(mutated(samples)), (text) => read(smn(text)));
  fuzz('in messages of plain words', hostileText, (text) => {
    read(smn(`phone ${text}`));
    read(smn(`policy: ${text}\nserver ${text}`));
  });
  fuzz('of timers', mutated([timer, { ...timer, user_event: '{"policy":"nightly"}' }]), (event) =>
    refusable(() => {
      expect(policyNamed(parseTimerEvent(event).userEvent) ?? 'none').toMatch(/^[a-z0-9-]{1,32}$/);
    }),
  );
  fuzz('of the gateway', mutated([call]), (event) =>
    refusable(async () => {
      const { request, mount } = parseApigEvent(event);
      expect(request.url.startsWith('http://phonevault/')).toBe(true);
      expect(mount.length).toBeLessThanOrEqual(8_192);
      await request.arrayBuffer();
    }),
  );
});
