import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { call, type CallSpec, segment } from '../../../lib/cloud/request/request.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { fakeCaller, type Said } from './fake-send.ts';

const spec: CallSpec<{ ok: boolean }> = {
  service: 'cph',
  operation: 'list-phones',
  method: 'GET',
  url: 'https://cph.example/v1/p1/phones',
  reply: z.object({ ok: z.boolean() }),
  codes: {
    accessDenied: ['CPS.0001'],
    transient: ['CPS.0003', 'CPS.0042'],
    mayHaveActed: ['CPS.0003'],
  },
  idempotent: true,
};
const good: Said = { json: { ok: true } };

const failure = async (...said: Said[]) => {
  const fake = fakeCaller(...said);
  const error = await call(fake.caller, { ...spec, idempotent: false }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ServiceError);
  return error as ServiceError;
};

describe('call', () => {
  it('sends JSON and gives the parsed answer', async () => {
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

  it.each<[string, Said, object]>([
    [
      'CPH',
      { status: 400, json: { error_code: 'CPS.0167', error_msg: 'bad infos', request_id: 'r1' } },
      { code: 'service', serviceCode: 'CPS.0167', requestId: 'r1', carriedOut: 'no' },
    ],
    [
      'IAM',
      {
        status: 404,
        json: { error: { code: 404, message: 'gone' } },
        headers: { 'x-request-id': 'r2' },
      },
      { code: 'not_found', serviceCode: '404', requestId: 'r2' },
    ],
    [
      'SMN',
      { status: 403, json: { code: 'SMN.00308', message: 'denied', request_id: 'r3' } },
      { code: 'access_denied', serviceCode: 'SMN.00308', requestId: 'r3', carriedOut: 'no' },
    ],
    [
      'the inner code first',
      { status: 400, json: { error: { code: 'A.1' }, error_code: 'B.1', code: 'C.1' } },
      { serviceCode: 'A.1' },
    ],
    [
      'a page of a proxy',
      { status: 502, text: '<html>' },
      { code: 'unreachable', status: 502, carriedOut: 'unknown', retryable: true },
    ],
    ['no body', { status: 403 }, { code: 'access_denied', serviceCode: undefined }],
    ['a redirect', { status: 302 }, { code: 'service', carriedOut: 'no', retryable: false }],
    [
      'a token without a project',
      { status: 400, json: { error_code: 'CPS.0001' } },
      { code: 'access_denied' },
    ],
    [
      'a busy service',
      { status: 400, json: { error_code: 'CPS.0042' } },
      { code: 'service', retryable: true, carriedOut: 'no' },
    ],
    [
      'an internal error, reported as a refusal',
      { status: 400, json: { error_code: 'CPS.0003' } },
      { code: 'service', retryable: true, carriedOut: 'unknown' },
    ],
    [
      'an internal error',
      { status: 500, json: { error_code: 'APIGW.0601' } },
      { code: 'service', carriedOut: 'unknown', retryable: true },
    ],
    [
      'IAM out of order',
      { status: 503, json: { error_code: 'APIGW.0613' } },
      { code: 'service', carriedOut: 'no', retryable: true },
    ],
    [
      'refused credentials',
      { status: 401, json: { error_code: 'APIGW.0307' } },
      { code: 'credentials_refused', carriedOut: 'no', retryable: false },
    ],
    [
      'a lost answer',
      { lost: 'cut' },
      { code: 'unreachable', carriedOut: 'unknown', retryable: true },
    ],
    [
      'no answer in time',
      { lost: 'timeout' },
      { code: 'unreachable', carriedOut: 'unknown', retryable: true },
    ],
    [
      'nobody there',
      { lost: 'refused', sent: false },
      { code: 'unreachable', carriedOut: 'no', retryable: true },
    ],
    ['a bad certificate', { lost: 'tls' }, { code: 'unreachable', retryable: false }],
    ['an abort', { lost: 'aborted' }, { code: 'time_up', carriedOut: 'unknown', retryable: false }],
    [
      'a success that is not JSON',
      { text: 'OK' },
      { code: 'unreachable', status: 200, carriedOut: 'unknown' },
    ],
    [
      'a success without its parts',
      { json: {} },
      { code: 'unreachable', status: 200, carriedOut: 'unknown' },
    ],
  ])('classifies %s', async (_what, said, expected) => {
    expect(await failure(said)).toMatchObject({ ...expected, service: 'cph' });
  });

  it.each([
    [20, 'ahead of'],
    [-20, 'behind'],
  ])('tells a clock that is off by %i minutes', async (minutes, word) => {
    const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5) - minutes * 60_000).toUTCString();
    const error = await failure({ status: 401, headers: { date } });
    expect(error.code).toBe('clock_skew');
    expect(error.message).toContain(`20 min ${word}`);
  });

  it.each([
    [
      429,
      { error_code: 'APIGW.0308', error_msg: 'over ratelimit,limit:6,time:1 minute' },
      { limit: 6, windowMs: 60_000 },
    ],
    [429, { error_code: 'APIGW.0308', error_msg: 'slow down' }, undefined],
    [
      400,
      { error_code: 'APIGW.0308', error_msg: 'limit:10,time:2 second' },
      { limit: 10, windowMs: 2_000 },
    ],
    [429, '<html>', undefined],
  ])('reads the limit of a throttle (%i)', async (status, json, limit) => {
    const error = await failure({ status, json });
    expect(error).toMatchObject({ code: 'throttled', carriedOut: 'no', limit });
  });

  it('names code, status and request, and hides what is not for logs', async () => {
    const secret = 'MIIabcdefghijklmnopqrstuvwxyz0123456789';
    const error = await failure({
      status: 400,
      json: {
        error_code: 'CPS.0099',
        error_msg: `bad ${secret} of 10.1.2.3 imei 861234567890123\n${'x y '.repeat(500)}`,
        request_id: 'req-1',
      },
    });
    expect(error.message).toMatch(/^cph list-phones: CPS\.0099 bad .*HTTP 400, request req-1/);
    expect(error.message).not.toMatch(/MII|10\.1|8612|\n/);
    expect(error.message.length).toBeLessThan(320);
  });

  it('tries a read again after passing failures', async () => {
    const fake = fakeCaller({ lost: 'cut' }, { status: 503 }, good);
    expect(await call(fake.caller, spec)).toEqual({ ok: true });
    expect(fake.slept).toEqual([100, 200]);
    expect(fake.records.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'unreachable'],
      [2, 'unreachable'],
      [3, 'ok'],
    ]);
  });

  it('gives up after three tries', async () => {
    const fake = fakeCaller({ status: 500 });
    await expect(call(fake.caller, spec)).rejects.toMatchObject({ status: 500 });
    expect(fake.requests).toHaveLength(3);
  });

  it.each<Said>([
    { status: 500 },
    { lost: 'cut' },
    { lost: 'refused', sent: false },
    { status: 429 },
  ])('sends a call that is not idempotent once (%o)', async (said) => {
    const fake = fakeCaller(said);
    await expect(call(fake.caller, { ...spec, idempotent: false })).rejects.toThrow();
    expect(fake.requests).toHaveLength(1);
  });

  it.each<[string, Said, number]>([
    ['once when nothing tells the window', { status: 429 }, 2],
    [
      'not when the window is long',
      { status: 429, json: { error_msg: 'limit:6,time:1 minute' } },
      1,
    ],
    ['not when asked to wait for long', { status: 429, headers: { 'retry-after': '30' } }, 1],
  ])('tries a throttled read again: %s', async (_what, said, attempts) => {
    const fake = fakeCaller(said);
    await expect(call(fake.caller, spec)).rejects.toMatchObject({ code: 'throttled' });
    expect(fake.requests).toHaveLength(attempts);
  });

  it.each([429, 503])('waits as long as Retry-After asks (%i)', async (status) => {
    const fake = fakeCaller({ status, headers: { 'retry-after': '1' } }, good);
    await call(fake.caller, spec);
    expect(fake.slept).toEqual([1_000]);
  });

  it('does not wait longer than a caller would', async () => {
    const fake = fakeCaller({ status: 503, headers: { 'retry-after': '3600' } }, good);
    await expect(call(fake.caller, spec)).rejects.toMatchObject({ status: 503 });
    expect(fake.slept).toEqual([]);
  });

  it('starts no try after its time is up', async () => {
    const fake = fakeCaller({ status: 500 });
    const slow = {
      ...fake.caller,
      send: async (r: Parameters<typeof fake.caller.send>[0]) => {
        fake.pass(900);
        return fake.caller.send(r);
      },
    };
    await expect(call(slow, { ...spec, totalMs: 1_000, timeoutMs: 5_000 })).rejects.toThrow();
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]?.timeoutMs).toBe(1_000);
  });

  it('sends nothing once aborted', async () => {
    const fake = fakeCaller(good);
    const caller = { ...fake.caller, signal: AbortSignal.abort() };
    await expect(call(caller, spec)).rejects.toMatchObject({ code: 'time_up', carriedOut: 'no' });
    expect(fake.requests).toHaveLength(0);
  });
});

describe('segment', () => {
  it.each([
    ['urn:smn:r:p:t', 'urn:smn:r:p:t'],
    ['a/b?c', 'a%2Fb%3Fc'],
    ['..', '..'],
  ])('writes %s as %s', (value, expected) => {
    expect(segment(value)).toBe(expected);
  });
});
