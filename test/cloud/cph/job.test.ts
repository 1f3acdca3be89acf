import { describe, expect, it } from 'vitest';
import { jobsReply, submitReply } from '../../../lib/cloud/cph/job.ts';

describe('jobsReply', () => {
  const times = { begin_time: '2026-01-02T03:04:05Z', end_time: '2026-01-02T03:05:00Z' };
  const reason = { error_code: 'CPS.0054', error_msg: 'no phone at 10.0.0.1' };
  const nothing = { error_code: null, error_msg: '', end_time: null };

  it.each<[string, object, object]>([
    [
      'a running job',
      { status: 1, ...nothing, begin_time: times.begin_time },
      { state: 'running' },
    ],
    ['a state that is sent as text', { status: '2' }, { state: 'succeeded' }],
    ['a state that CPH does not document', { status: 7 }, { state: 'unknown' }],
    ['a job without a state', {}, { state: 'unknown' }],
    ['the phone', { status: 1, phone_id: 'a1' }, { state: 'running', phone_id: 'a1' }],
    ['the time of a job in ms', { status: 2, ...times }, { state: 'succeeded', took: 55_000 }],
    [
      'an end before the beginning as no time',
      { status: 2, begin_time: times.end_time, end_time: times.begin_time },
      { state: 'succeeded' },
    ],
    [
      'the reason of a failure, without addresses',
      { status: -1, ...reason },
      { state: 'failed', code: 'CPS.0054', message: 'no phone at [address]' },
    ],
    [
      'what a command printed',
      { status: 2, execute_msg: 'uid=0(root)' },
      { state: 'succeeded', output: 'uid=0(root)' },
    ],
    ['no reason of a success', { status: 2, ...reason }, { state: 'succeeded' }],
  ])('reads %s', (_what, entry, expected) => {
    const reply = jobsReply.parse({ jobs: [{ job_id: 'j1', ...entry }] });
    expect(reply).toStrictEqual({ received: 1, jobs: [{ job_id: 'j1', ...expected }] });
  });

  it('counts and drops jobs without an id', () => {
    const reply = jobsReply.parse({ jobs: [{ phone_id: 'a2', status: 2 }, { job_id: '../x' }] });
    expect(reply).toEqual({ received: 2, jobs: [] });
  });
});

describe('submitReply', () => {
  it.each<[string, object, object]>([
    ['a job', { job_id: 'j1', error_code: null, error_msg: '' }, { job_id: 'j1' }],
    [
      'a refusal, without addresses',
      { error_code: 'CPS.0005', error_msg: 'no phone at 10.0.0.1' },
      { code: 'CPS.0005', message: 'no phone at [address]' },
    ],
    ['a phone without either', {}, {}],
  ])('reads %s', (_what, entry, expected) => {
    const reply = submitReply.parse({ request_id: 'r1', jobs: [{ phone_id: 'a1', ...entry }] });
    expect(reply).toStrictEqual({ request_id: 'r1', jobs: [{ phone_id: 'a1', ...expected }] });
  });
});
