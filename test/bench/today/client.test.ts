import { expect, test } from 'vitest';
import { virtualClock } from '../../../bench/makespan/virtual-clock.ts';
import { createClient } from '../../../bench/today/client.ts';
import { type HttpRequest, type Send, TransportError } from '../../../lib/cloud/request/send.ts';

const json = (status: number, body: unknown) => ({
  ...{ status, headers: {} },
  body: new TextEncoder().encode(JSON.stringify(body)),
});
const accepted = json(200, { request_id: 'r1', jobs: [{ phone_id: 'p1', job_id: 'j1' }] });
const phone = { phone_id: 'p1', server_id: 's1', status: 2 };

function setUp(answers: (ReturnType<typeof json> | 'lost')[]) {
  const clock = virtualClock(0);
  const requests: HttpRequest[] = [];
  const send: Send = async (request) => {
    requests.push(request);
    const answer = answers.shift() ?? accepted;
    if (answer === 'lost') throw new TransportError('cut', true);
    return answer;
  };
  return { clock, requests, client: createClient(send, { clock, random: () => 1 }) };
}

test('waits twice as long after each 429', async () => {
  const { clock, requests, client } = setUp([json(429, {}), json(429, {})]);
  const submitted = await clock.play(() => client.submit([phone], 'f'));
  expect(submitted.result).toBe('accepted');
  expect(requests).toHaveLength(3);
  expect(clock.now()).toBe(30_000);
});

test('waits a minute when the text of a 429 says so', async () => {
  const { clock, client } = setUp([json(429, { error_msg: 'limit:10,time:1 minute' })]);
  await clock.play(() => client.submit([phone], 'f'));
  expect(clock.now()).toBe(63_000);
});

test('does not repeat a submission whose answer was lost', async () => {
  const { clock, requests, client } = setUp(['lost']);
  expect(await clock.play(() => client.submit([phone], 'f'))).toEqual({ result: 'unknown' });
  expect(requests).toHaveLength(1);
});

test('repeats a read whose answer was lost', async () => {
  const { clock, client } = setUp(['lost', json(200, { phones: [phone] })]);
  expect(await clock.play(() => client.phones())).toEqual([phone]);
});

test('tells a call that is too large from one that failed', async () => {
  const { clock, client } = setUp([json(400, { error_code: 'CPS.0170' }), json(400, {})]);
  const results = await clock.play(async () => [
    await client.submit([phone], 'f'),
    await client.submit([phone], 'f'),
  ]);
  expect(results).toEqual([{ result: 'too_many' }, { result: 'unknown' }]);
});
