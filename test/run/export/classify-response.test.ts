import { describe, expect, it } from 'vitest';
import type { PhoneJob } from '../../../lib/cloud/cph/job.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import type { Item } from '../../../lib/run/export/batches/lanes.ts';
import {
  classifyResponse,
  classifyError,
  attemptOf,
} from '../../../lib/run/export/classify-response.ts';
import { T0 } from '../../support/runs.ts';

const item = (phoneId: string, attempt = 1): Item => ({ phoneId, serverId: 's1', attempt });
const p1 = { at: T0, phone_id: 'p1', attempt: 1 };
const p2 = { at: T0, phone_id: 'p2', attempt: 2 };

describe('attemptOf', () => {
  it('names the attempt as events do', () => {
    expect(attemptOf(item('p1', 3))).toStrictEqual({ phone_id: 'p1', attempt: 3 });
  });
});

describe('classifyResponse', () => {
  const job = { phone_id: 'p1', job_id: 'j1' };
  const refusal = { phone_id: 'p1', code: 'CPS.0005' };
  const accepted = { type: 'accepted', ...p1, job_id: 'j1', request_id: 'r1' };
  const unknown = { type: 'outcome_unknown', ...p1, request_id: 'r1' };
  const refused = { type: 'refused', ...p1, code: 'CPS.0005' };

  it.each<[string, PhoneJob[], object]>([
    ['a job is accepted', [job], accepted],
    ['a phone with a job and a refusal is accepted', [refusal, job], accepted],
    ['a job with an error code is accepted', [{ ...job, code: 'CPS.0005' }], accepted],
    ['an error code is a refusal', [refusal], refused],
    ['a refusal with an empty job is a refusal', [{ ...refusal, job_id: '' }], refused],
    [
      'a refusal keeps its message',
      [{ ...refusal, message: 'no such phone' }],
      { ...refused, message: 'no such phone' },
    ],
    ['an empty message is left out', [{ ...refusal, message: '' }], refused],
    [
      'a long code and message are cut',
      [{ phone_id: 'p1', code: 'C'.repeat(65), message: 'm'.repeat(201) }],
      { ...refused, code: 'C'.repeat(64), message: 'm'.repeat(200) },
    ],
    ['a phone that the response does not mention has an unknown outcome', [], unknown],
    ['the job of another phone does not count', [{ ...job, phone_id: 'p9' }], unknown],
    ['an entry without job and code leaves the outcome unknown', [{ phone_id: 'p1' }], unknown],
    ['an empty error code leaves the outcome unknown', [{ phone_id: 'p1', code: '' }], unknown],
  ])('%s', (_, jobs, expected) => {
    expect(classifyResponse([item('p1')], { request_id: 'r1', jobs }, T0)).toStrictEqual([
      expected,
    ]);
  });

  it.each([undefined, ''])('no job counts as accepted without a request id (%j)', (request_id) => {
    const jobs = [job, { ...job, phone_id: 'p2', code: 'CPS.0005' }];
    const events = classifyResponse([item('p1'), item('p2', 2)], { request_id, jobs }, T0);
    expect(events).toStrictEqual([
      { type: 'outcome_unknown', ...p1 },
      { type: 'outcome_unknown', ...p2 },
    ]);
  });

  it('a refusal counts without a request id', () => {
    expect(classifyResponse([item('p1')], { jobs: [refusal] }, T0)).toStrictEqual([refused]);
  });

  it('returns an event of its own for each phone', () => {
    const events = classifyResponse(
      [item('p1'), item('p2', 2)],
      { request_id: 'r1', jobs: [job, { phone_id: 'p2', code: 'CPS.0022' }] },
      T0,
    );
    expect(events).toStrictEqual([accepted, { type: 'refused', ...p2, code: 'CPS.0022' }]);
  });
});

type Facts = Partial<ConstructorParameters<typeof ServiceError>[2]>;

const failure = (facts: Facts, code: ErrorCode = 'service', message = 'refused') =>
  new ServiceError(code, message, {
    service: 'cph',
    operation: 'batch-storage',
    status: 400,
    carriedOut: 'no',
    ...facts,
  });

describe('classifyError', () => {
  const items = [item('p1'), item('p2', 2)];
  const refused = (code: string, message = 'refused') => [
    { type: 'refused', ...p1, code, message },
    { type: 'refused', ...p2, code, message },
  ];

  it.each([
    ['an error that no service returned', new Error('odd')],
    ['an error of Phonevault', new PhonevaultError('time_up', 'no time left')],
    ['a lost response', failure({ carriedOut: 'unknown' })],
    ['a lost response with any error code', failure({ carriedOut: 'unknown' }, 'throttled')],
  ])('leaves the outcome of all phones unknown after %s', (_, error) => {
    expect(classifyError(items, error, T0)).toStrictEqual({
      kind: 'outcome_unknown',
      events: [
        { type: 'outcome_unknown', ...p1 },
        { type: 'outcome_unknown', ...p2 },
      ],
    });
  });

  it.each([
    ['throttled', 'throttled', failure({ status: 429 }, 'throttled')],
    ['refused as too large', 'too_large', failure({ serviceCode: 'CPS.0170' })],
    ['refused for its body (413)', 'too_large', failure({ status: 413 })],
    [
      'refused for its body by the gateway',
      'too_large',
      failure({ status: 413, serviceCode: 'APIGW.0201' }),
    ],
    ['refused because of one phone', 'one_phone', failure({ serviceCode: 'CPS.0005' })],
  ])('returns no events for a call that was %s', (_, kind, error) => {
    expect(classifyError(items, error, T0)).toStrictEqual({ kind });
  });

  it.each([
    ['never sent', failure({ status: undefined }, 'unreachable'), 'unreachable'],
    ['not processed (500)', failure({ status: 500 }), 'HTTP.500'],
    ['not processed (503)', failure({ status: 503, serviceCode: 'APIGW.0613' }), 'APIGW.0613'],
    ['not received in time (408)', failure({ status: 408 }), 'HTTP.408'],
    ['sent too early (425)', failure({ status: 425 }), 'HTTP.425'],
    ['refused by a busy system', failure({ serviceCode: 'CPS.0042' }), 'CPS.0042'],
  ])('postpones a call that was %s', (_, error, code) => {
    expect(classifyError(items, error, T0)).toStrictEqual({ kind: 'postponed', code });
  });

  it.each(['CPS.0011', 'CPS.0050', 'CPS.0054', 'CPS.0103', 'CPS.0339', 'CPS.0346'])(
    'postpones a call that was refused with %s, and says what it means if that does not pass',
    (code) => {
      expect(classifyError(items, failure({ serviceCode: code }), T0)).toStrictEqual({
        ...{ kind: 'postponed', code, orElse: refused(code) },
      });
    },
  );

  it('refuses the one phone of a call whose body is too large', () => {
    const failed = { kind: 'refused', events: [{ type: 'refused', ...p1, code: 'HTTP.413' }] };
    expect(classifyError([item('p1')], failure({ status: 413 }), T0)).toMatchObject(failed);
  });

  it.each(['CPS.0170', 'CPS.0005'])('refuses the one phone of a call for %s', (serviceCode) => {
    expect(classifyError([item('p1')], failure({ serviceCode }), T0)).toStrictEqual({
      kind: 'refused',
      events: [{ type: 'refused', ...p1, code: serviceCode, message: 'refused' }],
    });
  });

  it.each([
    ['by the code of the service', failure({ serviceCode: 'CPS.0199' }), 'CPS.0199'],
    ['by its status, without a code', failure({ status: 499 }), 'HTTP.499'],
    ['with the beginning of its code', failure({ serviceCode: 'C'.repeat(65) }), 'C'.repeat(64)],
  ])('refuses all phones %s', (_, error, code) => {
    expect(classifyError(items, error, T0)).toStrictEqual({
      kind: 'refused',
      events: refused(code),
    });
  });

  it('keeps the beginning of the message', () => {
    const error = failure({ serviceCode: 'CPS.0199' }, 'service', 'm'.repeat(201));
    expect(classifyError(items, error, T0)).toStrictEqual({
      kind: 'refused',
      events: refused('CPS.0199', 'm'.repeat(200)),
    });
  });

  it.each([
    ['a code of the account', failure({ serviceCode: 'CPS.0001' }), 'CPS.0001'],
    ['missing rights', failure({ status: 403 }, 'access_denied'), 'HTTP.403'],
  ])('stops at %s', (_, error, code) => {
    const events = refused(code);
    expect(classifyError(items, error, T0)).toStrictEqual({ kind: 'stop', events, code });
  });
});
