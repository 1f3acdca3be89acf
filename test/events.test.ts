import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { payloads } from '../events/index.ts';
import { nodeSend } from '../lib/cloud/request/send.ts';
import { realClock } from '../lib/runtime/real-clock.ts';
import { fakeIo } from './cli/support/fake-io.ts';
import {
  type Functions,
  HANDLERS,
  type HandlerName,
  startFunctions,
} from '../testing/functions.ts';
import { NIGHTLY } from '../testing/night.ts';
import { EXAMPLE_SECRET, EXAMPLE_TOKEN } from './events/callers.ts';

const EXAMPLE_CALLERS = {
  PHONEVAULT_HTTP_TOKENS: EXAMPLE_TOKEN,
  PHONEVAULT_WEBHOOK_SECRETS: EXAMPLE_SECRET,
};

let functions: Functions;
const warm = {} as Record<HandlerName, (event: unknown) => Promise<unknown>>;

beforeAll(async () => {
  functions = await startFunctions(EXAMPLE_CALLERS);
  await functions.putPolicy(NIGHTLY);
  for (const name of HANDLERS) warm[name] = functions.instance(name);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
}, 60_000);
afterAll(async () => {
  vi.restoreAllMocks();
  await functions.stop();
});

const slot = { requested: ['nightly-20260202t183000z'] };
const rejected = { requested: [], ignored: { event_invalid: 1 } };
const notACall = {
  statusCode: 400,
  body: expect.stringContaining('"code":"event_invalid"') as string,
};
const response = (statusCode: number, words = '') => ({
  statusCode,
  isBase64Encoded: false,
  body: expect.stringContaining(words) as string,
});
const accepted = response(202, '"run_id":"nightly-');
const ignored = (reason: string, count = 1) => ({ hints: [], ignored: { [reason]: count } });
const hint = (id: string) => ({ hints: [id], ignored: {} });
const trace = hint('trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa');
const reset = hint('trace-0a28ab77-1c52-11f0-b09f-35adcfa2aaaa');
const message = hint('message-a51671f77d4a479cac2e7d2c9a3c0000');

type Name = keyof typeof payloads;

/** The expected result of each payload at the function of its trigger. */
const expected: Record<Name, [HandlerName, unknown]> = {
  timerPlain: ['schedule', { requested: [] }],
  timerWithoutText: ['schedule', { requested: [] }],
  timerNamed: ['schedule', slot],
  timerNamedJson: ['schedule', slot],
  timerUtc: ['schedule', slot],
  timerFraction: ['schedule', slot],
  timerText: ['schedule', slot],
  timerMilliseconds: ['schedule', slot],
  timerSeconds: ['schedule', slot],
  // The previous run is still open: nothing drives here.
  timerUnreadable: ['schedule', { requested: [] }],
  timerNamesNothing: ['schedule', rejected],
  apigStartRun: ['http', accepted],
  apigStartRunPlain: ['http', accepted],
  apigDedicatedStartRun: ['http', accepted],
  apigListRuns: ['http', response(200, '"runs":[')],
  apigRepeatedQuery: ['http', response(400, 'query_invalid')],
  apigShowRun: ['http', response(200, '"run_id":"nightly-20260202t183000z"')],
  apigCancelRun: ['http', response(202, '"run_id":"nightly-20260202t183000z"')],
  apigPlan: ['http', response(202, '"requested_at"')],
  apigNoCaller: ['http', response(401, 'unauthenticated')],
  apigNotJson: ['http', response(400, 'not_json')],
  apigWebhook: ['http', response(401, 'signature_stale')],
  ctsCreatePhone: ['event', trace],
  ctsCreateServer: ['event', trace],
  ctsCreateOrder: ['event', trace],
  ctsResetPhones: ['event', reset],
  ctsText: ['event', trace],
  ctsSeconds: ['event', trace],
  ctsTimeAsText: ['event', trace],
  ctsUnwrapped: ['event', trace],
  ctsFailed: ['event', ignored('failed_trace')],
  ctsOtherTrace: ['event', ignored('other_trace')],
  ctsOtherService: ['event', ignored('other_service')],
  eventgridCreatePhone: ['event', trace],
  eventgridResetPhones: ['event', reset],
  eventgridObjectCreated: ['event', ignored('object_created')],
  smnPhones: ['event', message],
  smnServer: ['event', message],
  smnPolicy: ['event', message],
  smnText: ['event', message],
  smnSeveral: [
    'event',
    {
      hints: [...message.hints, 'message-a51671f77d4a479cac2e7d2c9a3c0001'],
      ignored: { nothing_named: 1 },
    },
  ],
  smnTrace: ['event', trace],
  smnOwnNotification: ['event', ignored('own_notification')],
  smnOwnText: ['event', ignored('own_notification')],
  obsObjectCreated: ['event', ignored('object_created')],
  failureOfTrace: ['event', trace],
  failureOfText: ['event', trace],
  failureBySmn: ['event', trace],
  failureOfFailure: ['event', ignored('failed_again')],
  failureOfTimer: ['event', ignored('other_event')],
  success: ['event', ignored('invocation_succeeded')],
};
const names = Object.keys(expected) as Name[];

describe('every payload', () => {
  it.each(names)('%s has the expected result at its function', async (name) => {
    const [handler, result] = expected[name];
    expect(await warm[handler](payloads[name].event)).toMatchObject(result as object);
  });

  it.each(names)('%s is rejected with a reason by the other functions', async (name) => {
    const [handler] = expected[name];
    const { event } = payloads[name];
    if (handler !== 'schedule') {
      expect(await warm.schedule(event)).toEqual(rejected);
    }
    if (handler !== 'http') expect(await warm.http(event)).toMatchObject(notACall);
    if (handler !== 'event') {
      expect(await warm.event(event)).toEqual(ignored('other_event'));
    }
  });
});

describe('five concurrent deliveries, each to its own instance', () => {
  const cold = (name: HandlerName) => Array.from({ length: 5 }, () => functions.instance(name));
  const ofPolicy = async (policy: string) =>
    (await functions.store.list(`open/${policy}-`)).map(({ key }) => key);
  const putPolicy = (name: string, extra = '') =>
    functions.putPolicy(`${NIGHTLY.replace('nightly', name)}${extra}`, name);
  const call = (headers: Record<string, string>, body: string) => ({
    ...(payloads.apigStartRun.event as object),
    headers,
    body: Buffer.from(body).toString('base64'),
  });

  it('of a timer that names a policy start one run', async () => {
    await putPolicy('named');
    const event = { ...(payloads.timerNamed.event as object), user_event: 'named' };
    const results = await Promise.all(cold('schedule').map((fire) => fire(event)));
    expect(new Set(results.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await ofPolicy('named')).toEqual(['open/named-20260202t183000z.json']);
  });

  it('of the plain timer start one run of each policy that is due', async () => {
    await putPolicy('plain');
    await functions.instance('schedule')(payloads.timerPlain.event);
    const key = 'state/cursors.json';
    const cursors = (await functions.store.get(key))?.body ?? '';
    const since = Date.now() - 86_400_000;
    const rule = '"cron":"0 30 2 * * *","timezone":"Asia/Shanghai","start_within":7200000';
    expect(cursors).toContain(rule);
    // As if a day had passed, with enough time left to start its slot.
    const late = cursors
      .replaceAll(/"handled_until":\d+/g, `"handled_until":${since}`)
      .replaceAll('"start_within":7200000', '"start_within":86400000');
    await functions.store.put(key, late);
    await functions.store.remove((await functions.store.list('open/')).map((one) => one.key));
    const instances = cold('schedule');
    await Promise.all(instances.map((fire) => fire(payloads.timerPlain.event)));
    expect(await ofPolicy('plain')).toHaveLength(1);
    await Promise.all(instances.map((fire) => fire(payloads.timerPlain.event)));
    expect(await ofPolicy('plain')).toHaveLength(1);
  });

  it('of an API call or a webhook start one run each', async () => {
    await putPolicy('called');
    const body = JSON.stringify({ policy: 'called' });
    const now = new Date();
    const headers = {
      'Webhook-Id': 'msg_five',
      'Webhook-Timestamp': String(Math.floor(now.getTime() / 1000)),
      'Webhook-Signature': new Webhook(EXAMPLE_SECRET).sign('msg_five', now, body),
    };
    const { authorization = '' } = Object.fromEntries(payloads.apigStartRun.parsed.headers) as {
      authorization?: string;
    };
    const events = [call(headers, body), call({ authorization, 'Idempotency-Key': 'five' }, body)];
    const answers = await Promise.all(
      events.flatMap((event) => cold('http').map((fire) => fire(event))),
    );
    expect(answers).toEqual(
      answers.map(() => expect.objectContaining({ statusCode: 202 }) as object),
    );
    expect(await ofPolicy('called')).toHaveLength(2);
  });

  it('of a trace, in any form, store one hint', async () => {
    await functions.store.remove((await functions.store.list('open/hints/')).map(({ key }) => key));
    const forms = [
      'ctsCreatePhone',
      'ctsText',
      'ctsUnwrapped',
      'eventgridCreatePhone',
      'smnTrace',
    ] as const;
    const fires = cold('event').flatMap((fire) => forms.map((form) => fire(payloads[form].event)));
    expect(new Set((await Promise.all(fires)).map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await functions.store.list('open/hints/')).toHaveLength(1);
  });
});

describe('a failure that the platform should retry', () => {
  it.each([
    ['schedule', 'timerNamed'],
    ['schedule', 'timerPlain'],
    ['event', 'ctsCreatePhone'],
    ['drive', 'timerPlain'],
  ] as const)('is thrown by %s if OBS denies access', async (name, payload) => {
    functions.cloud.control.addFault({
      service: 'obs',
      kind: 'error',
      status: 403,
      code: 'AccessDenied',
    });
    try {
      const fire = functions.instance(name);
      await expect(fire(payloads[payload].event)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:access_denied|object_unreadable)$/) as string,
      });
    } finally {
      functions.cloud.control.clearFaults();
    }
  });

  it('is a 5xx response of http, so that its caller retries', async () => {
    functions.cloud.control.addFault({
      service: 'obs',
      kind: 'error',
      status: 403,
      code: 'AccessDenied',
    });
    try {
      expect(await functions.instance('http')(payloads.apigListRuns.event)).toMatchObject(
        response(500),
      );
    } finally {
      functions.cloud.control.clearFaults();
    }
  });
});

describe('phonevault invoke', () => {
  it.each([
    ['schedule', 'timer-named', '"nightly-20260202t183000z"'],
    ['http', 'apig-start-run', '"statusCode": 202'],
    ['event', 'cts-create-phone', '"trace-f828ab77-1c52-11f0-b09f-35adcfa2aaaa"'],
    ['drive', 'smn-own-notification', '"kind": "idle"'],
  ])('runs %s on %s.json', async (handler, payload, words) => {
    const { accessKey, secretKey, securityToken } = functions.cloud.credentials;
    const { run } = fakeIo({
      clock: realClock,
      send: nodeSend(),
      cwd: join(import.meta.dirname, '..'),
      env: {
        ...functions.settings,
        HUAWEICLOUD_SDK_AK: accessKey,
        HUAWEICLOUD_SDK_SK: secretKey,
        HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken,
      },
      parts: {
        version: '0',
        dist: functions.dist,
        local: [],
        worker: join(functions.dist, 'invoke-worker.js'),
      },
    });
    await functions.store.remove((await functions.store.list('open/')).map(({ key }) => key));
    const file = join(import.meta.dirname, '../events/payloads', `${payload}.json`);
    const { code, out, err } = await run('invoke', handler, '--event', file);
    expect([code, out, err]).toEqual([
      0,
      expect.stringContaining(words),
      expect.not.stringContaining('invocation_failed'),
    ]);
  });
});
