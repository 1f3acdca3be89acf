import { describe, expect, it } from 'vitest';
import {
  type CodeMeanings,
  errorOf,
  lostError,
  unreadable,
} from '../../../lib/cloud/request/service-error.ts';
import { TransportError } from '../../../lib/cloud/request/send.ts';
import type { ServiceError } from '../../../lib/errors.ts';

const call = { service: 'cph', operation: 'list-phones' };
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const codes: CodeMeanings = {
  absent: ['CPS.0005'],
  accessDenied: ['CPS.0001'],
  transient: ['CPS.0003', 'CPS.0042'],
  mayHaveActed: ['CPS.0003'],
};

type Response = { status: number; json?: unknown; text?: string; headers?: Record<string, string> };

function responseOf({ status, json, text = JSON.stringify(json) ?? '', headers = {} }: Response) {
  return { status, headers, body: new TextEncoder().encode(text) };
}

const errorFor = (response: Response, signed = true): ServiceError =>
  errorOf(call, responseOf(response), { now, signed, codes });

describe('errorOf', () => {
  it.each<[string, Response, object]>([
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
      'something that does not exist',
      { status: 400, json: { error_code: 'CPS.0005' } },
      { code: 'not_found', retryable: false },
    ],
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
  ])('reads %s', (_what, response, expected) => {
    expect(errorFor(response)).toMatchObject({ ...expected, service: 'cph' });
  });

  it.each([
    [20, 'ahead of'],
    [-20, 'behind'],
  ])('names a clock that is off by %i minutes', (minutes, word) => {
    const date = new Date(now - minutes * 60_000).toUTCString();
    const error = errorFor({ status: 401, headers: { date } });
    expect(error.code).toBe('clock_skew');
    expect(error.message).toContain(`20 min ${word}`);
    expect(errorFor({ status: 401, headers: { date } }, false).code).toBe('credentials_refused');
  });

  it.each([
    [429, { error_code: 'APIGW.0308', error_msg: 'limit:6,time:1 minute' }, 6],
    [400, { error_code: 'APIGW.0308', error_msg: 'limit:10,time:2 second' }, 10],
    [429, { error_msg: 'slow down' }, undefined],
    [429, '<html>', undefined],
  ])('reads status %i with %j as a throttle', (status, json, limit) => {
    const headers = { 'retry-after': '30' };
    expect(errorFor({ status, json, headers })).toMatchObject({
      ...{ name: 'ThrottledError', code: 'throttled', carriedOut: 'no', retryable: true },
      ...{ limit: limit === undefined ? undefined : { limit }, retryAfterMs: 30_000 },
    });
  });

  it('names the call, the code, the status and the request', () => {
    const json = { error_code: 'CPS.0099', error_msg: 'bad path', request_id: 'req-1' };
    expect(errorFor({ status: 400, json }).message).toBe(
      'cph list-phones: CPS.0099 bad path (HTTP 400, request req-1)',
    );
  });
});

describe('lostError', () => {
  it.each([
    ['cut', true, { code: 'unreachable', carriedOut: 'unknown', retryable: true }],
    ['timeout', true, { code: 'unreachable', carriedOut: 'unknown', retryable: true }],
    ['refused', false, { code: 'unreachable', carriedOut: 'no', retryable: true }],
    ['dns', false, { code: 'unreachable', carriedOut: 'no', retryable: true }],
    ['tls', true, { code: 'unreachable', carriedOut: 'unknown', retryable: false }],
    ['too_large', true, { code: 'unreachable', carriedOut: 'unknown', retryable: false }],
    ['aborted', true, { code: 'time_up', carriedOut: 'unknown', retryable: false }],
    ['aborted', false, { code: 'time_up', carriedOut: 'no', retryable: false }],
  ] as const)('reads a response that is lost (%s, sent: %s) as %j', (kind, sent, expected) => {
    expect(lostError(call, new TransportError(kind, sent))).toMatchObject({ ...call, ...expected });
  });

  it('returns any other error as it is', () => {
    const error = new Error('odd');
    expect(lostError(call, error)).toBe(error);
  });
});

describe('unreadable', () => {
  it('says that the call may have been carried out', () => {
    const response = responseOf({ status: 200, headers: { 'x-request-id': 'r1' } });
    expect(unreadable(call, response, 'success, but the response is not JSON')).toMatchObject({
      ...{ code: 'unreachable', status: 200, requestId: 'r1' },
      ...{ carriedOut: 'unknown', retryable: true },
    });
  });
});
