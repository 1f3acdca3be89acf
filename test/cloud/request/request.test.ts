import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { call, type CallSpec, isAbsent, segment } from '../../../lib/cloud/request/request.ts';
import { ReadsSpent, ServiceError } from '../../../lib/errors.ts';
import { fakeCaller, type FakeResponse } from '../support/fake-caller.ts';

const spec: CallSpec<{ ok: boolean }> = {
  service: 'cph',
  operation: 'list-phones',
  method: 'GET',
  url: 'https://cph.example/v1/p1/phones',
  reply: z.object({ ok: z.boolean() }),
  codes: { absent: ['CPS.0005'] },
  idempotent: true,
};
const good: FakeResponse = { json: { ok: true } };

describe('call', () => {
  it('sends JSON and returns the parsed response', async () => {
    const fake = fakeCaller(good);
    const reply = await call(fake.caller, {
      ...spec,
      method: 'POST',
      json: { a: 'ä' },
      query: { ids: 'a,b', none: undefined, n: 0 },
    });
    expect(reply).toEqual({ ok: true });
    expect(fake.requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://cph.example/v1/p1/phones?ids=a%2Cb&n=0',
      body: '{"a":"ä"}',
      headers: { 'content-type': 'application/json' },
    });
  });

  it.each([200, 201, 202, 299])('accepts HTTP %i', async (status) => {
    expect(await call(fakeCaller({ ...good, status }).caller, spec)).toEqual({ ok: true });
  });

  it.each<[string, FakeResponse]>([
    ['is not JSON', { text: 'garbage' }],
    ['is empty', {}],
    ['does not fit the schema', { json: { ok: 'yes' } }],
  ])('throws for a success that %s', async (_what, response) => {
    await expect(call(fakeCaller(response).caller, spec)).rejects.toMatchObject({
      ...{ code: 'unreachable', status: 200, carriedOut: 'unknown' },
    });
  });

  it('passes the codes of the service on', async () => {
    const { caller } = fakeCaller({ status: 400, json: { error_code: 'CPS.0005' } });
    await expect(call(caller, spec)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('makes up to three attempts and records each', async () => {
    const fake = fakeCaller({ lost: 'cut' }, { status: 503 }, good);
    expect(await call(fake.caller, spec)).toEqual({ ok: true });
    expect(fake.records).toEqual([
      expect.objectContaining({ attempt: 1, outcome: 'unreachable', status: undefined }),
      expect.objectContaining({ attempt: 2, outcome: 'unreachable', status: 503 }),
      expect.objectContaining({ attempt: 3, outcome: 'ok', status: 200 }),
    ]);
    const failing = fakeCaller({ status: 500 });
    await expect(call(failing.caller, spec)).rejects.toMatchObject({ status: 500 });
    expect(failing.requests).toHaveLength(3);
  });

  it.each<FakeResponse>([
    { status: 500 },
    { lost: 'cut' },
    { lost: 'refused', sent: false },
    { status: 429 },
  ])('sends a call that is not idempotent once (%o)', async (response) => {
    const fake = fakeCaller(response);
    await expect(call(fake.caller, { ...spec, idempotent: false })).rejects.toThrow();
    expect(fake.requests).toHaveLength(1);
  });

  it('gives an attempt no more time than is left for the call', async () => {
    const fake = fakeCaller({ status: 500 });
    const limits = { totalMs: 1_000, timeoutMs: 5_000 };
    const caller: typeof fake.caller = {
      ...fake.caller,
      send: async (request) => {
        fake.clock.move(700);
        return fake.caller.send(request);
      },
    };
    await expect(call(caller, { ...spec, ...limits })).rejects.toThrow();
    expect(fake.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 200]);
  });

  it('sends nothing once aborted', async () => {
    const fake = fakeCaller(good);
    const caller = { ...fake.caller, signal: AbortSignal.abort() };
    await expect(call(caller, spec)).rejects.toMatchObject({ code: 'time_up', carriedOut: 'no' });
    expect(fake.requests).toHaveLength(0);
  });
});

describe('isAbsent', () => {
  const error = (code: 'not_found' | 'service', serviceCode?: string) =>
    new ServiceError(code, 'm', { service: 'cph', operation: 'o', serviceCode, carriedOut: 'no' });

  it.each([
    ['a service that has no such thing', error('not_found', 'CPS.0005'), true],
    ['a service without a code', error('not_found'), true],
    ['a gateway that has no such path', error('not_found', 'APIGW.0101'), false],
    ['another error', error('service', 'CPS.0042'), false],
    ['an error that is not ours', new Error('not_found'), false],
  ])('reads %s as %s', (_what, thrown, expected) => {
    expect(isAbsent(thrown)).toBe(expected);
  });
});

describe('segment', () => {
  it.each([
    ['urn:smn:r:p:t', 'urn:smn:r:p:t'],
    ['a/b?c', 'a%2Fb%3Fc'],
    ['..', '..'],
  ])('encodes %s as %s', (value, expected) => {
    expect(segment(value)).toBe(expected);
  });
});

describe('a call with a budget', () => {
  function budgeted(...responses: FakeResponse[]) {
    const noted: string[] = [];
    const budget = {
      check: (operation: string) => void noted.push(`check ${operation}`),
      sent: () => void noted.push('sent'),
      answered: (outcome: string) => void noted.push(outcome),
    };
    const fake = fakeCaller(...responses);
    return { ...fake, noted, budget, result: call(fake.caller, { ...spec, budget }) };
  }

  it('asks it once and counts each attempt; a lost response is no answer', async () => {
    const { noted, result } = budgeted({ lost: 'cut' }, { status: 503 }, good);
    await result;
    expect(noted).toEqual(['check list-phones', 'sent', 'sent', 'unreachable', 'sent', 'ok']);
  });

  it('is not sent again after a 429', async () => {
    const { noted, result } = budgeted({ status: 429 }, good);
    await expect(result).rejects.toMatchObject({ code: 'throttled' });
    expect(noted).toEqual(['check list-phones', 'sent', 'throttled']);
  });

  it('is not sent when it must wait', async () => {
    const fake = fakeCaller(good);
    const budget = {
      check: () => {
        throw new ReadsSpent(9);
      },
      sent: () => undefined,
      answered: () => undefined,
    };
    await expect(call(fake.caller, { ...spec, budget })).rejects.toMatchObject({ until: 9 });
    expect(fake.requests).toEqual([]);
  });
});
