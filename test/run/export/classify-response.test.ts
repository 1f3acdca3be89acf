import { describe, expect, it } from 'vitest';
import type { PhoneJob } from '../../../lib/cloud/cph/job.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import type { Item } from '../../../lib/run/export/lanes.ts';
import {
  classifyResponse,
  classifyError,
  attemptOf,
} from '../../../lib/run/export/classify-response.ts';
import { T0 } from '../../support/runs.ts';

const item = (phoneId: string, attempt = 1): Item => ({ phoneId, serverId: 's1', attempt });
const p1 = { at: T0, phone_id: 'p1', attempt: 1 };
const p2 = { at: T0, phone_id: 'p2', attempt: 2 };

describe('tryOf', () => {
  it('names the try as events do', () => {
    expect(attemptOf(item('p1', 3))).toStrictEqual({ phone_id: 'p1', attempt: 3 });
  });
});

describe('judgeAnswer', () => {
  const job = { phone_id: 'p1', job_id: 'j1' };
  const refusal = { phone_id: 'p1', code: 'CPS.0005' };
  const accepted = { type: 'accepted', ...p1, job_id: 'j1', request_id: 'r1' };
  const unknown = { type: 'outcome_unknown', ...p1, request_id: 'r1' };
  const refused = { type: 'refused', ...p1, code: 'CPS.0005' };

  it.each<[string, PhoneJob[], object]>([
    ['a job is accepted', [job], accepted],
    ['a job beside a refusal is accepted', [refusal, job], accepted],
    ['a job with an error code is accepted', [{ ...job, code: 'CPS.0005' }], accepted],
    ['an error code is a refusal', [refusal], refused],
    ['a refusal with an empty job is a refusal', [{ ...refusal, job_id: '' }], refused],
    [
      'a refusal tells its message',
      [{ ...refusal, message: 'no such phone' }],
      { ...refused, message: 'no such phone' },
    ],
    ['an empty message is none', [{ ...refusal, message: '' }], refused],
    [
      'of a long refusal the beginning is kept',
      [{ phone_id: 'p1', code: 'C'.repeat(65), message: 'm'.repeat(201) }],
      { ...refused, code: 'C'.repeat(64), message: 'm'.repeat(200) },
    ],
    ['a phone that is not mentioned is in doubt', [], unknown],
    ['what is said of another phone is not said of it', [{ ...job, phone_id: 'p9' }], unknown],
    ['an entry that says nothing leaves it in doubt', [{ phone_id: 'p1' }], unknown],
    ['so does an empty error code', [{ phone_id: 'p1', code: '' }], unknown],
  ])('%s', (_, jobs, expected) => {
    expect(classifyResponse([item('p1')], { request_id: 'r1', jobs }, T0)).toStrictEqual([
      expected,
    ]);
  });

  it.each([undefined, ''])('without a request id (%j) no job counts', (request_id) => {
    const jobs = [job, { ...job, phone_id: 'p2', code: 'CPS.0005' }];
    const events = classifyResponse([item('p1'), item('p2', 2)], { request_id, jobs }, T0);
    expect(events).toStrictEqual([
      { type: 'outcome_unknown', ...p1 },
      { type: 'outcome_unknown', ...p2 },
    ]);
  });

  it('without a request id a refusal is one all the same', () => {
    expect(classifyResponse([item('p1')], { jobs: [refusal] }, T0)).toStrictEqual([refused]);
  });

  it('judges each phone of the call for itself', () => {
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

describe('judgeFailure', () => {
  const items = [item('p1'), item('p2', 2)];
  const refused = (code: string, message = 'refused') => [
    { type: 'refused', ...p1, code, message },
    { type: 'refused', ...p2, code, message },
  ];

  it.each([
    ['an error that is none of a service', new Error('odd')],
    ['an error of ours', new PhonevaultError('time_up', 'no time left')],
    ['a lost answer', failure({ carriedOut: 'unknown' })],
    ['a lost answer, whatever it says', failure({ carriedOut: 'unknown' }, 'throttled')],
  ])('leaves all phones in doubt after %s', (_, error) => {
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
    ['never sent', 'unsent', failure({ status: undefined }, 'unreachable')],
    ['not taken up (500)', 'unsent', failure({ status: 500 })],
    ['not taken up (503)', 'unsent', failure({ status: 503, serviceCode: 'CPS.0001' })],
    ['of too many phones', 'too_large', failure({ serviceCode: 'CPS.0170' })],
    ['of which one phone is the culprit', 'one_phone', failure({ serviceCode: 'CPS.0005' })],
  ])('says no more of the phones of a call that was %s', (_, kind, error) => {
    expect(classifyError(items, error, T0)).toStrictEqual({ kind });
  });

  it.each(['CPS.0170', 'CPS.0005'])('refuses the one phone of a call for %s', (serviceCode) => {
    expect(classifyError([item('p1')], failure({ serviceCode }), T0)).toStrictEqual({
      kind: 'refused',
      events: [{ type: 'refused', ...p1, code: serviceCode, message: 'refused' }],
    });
  });

  it.each([
    ['by the code of the service', failure({ serviceCode: 'CPS.0042' }), 'CPS.0042'],
    ['by its status, where there is no code', failure({ status: 499 }), 'HTTP.499'],
    ['with the beginning of its code', failure({ serviceCode: 'C'.repeat(65) }), 'C'.repeat(64)],
  ])('refuses all phones %s', (_, error, code) => {
    expect(classifyError(items, error, T0)).toStrictEqual({
      kind: 'refused',
      events: refused(code),
    });
  });

  it('keeps the beginning of the message', () => {
    const error = failure({ serviceCode: 'CPS.0042' }, 'service', 'm'.repeat(201));
    expect(classifyError(items, error, T0)).toStrictEqual({
      kind: 'refused',
      events: refused('CPS.0042', 'm'.repeat(200)),
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
