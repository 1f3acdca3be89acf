import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { credentialsFrom } from '../../lib/cloud/request/credentials.ts';
import { createCph } from '../../lib/cloud/cph/cph.ts';
import { createFunctionGraph } from '../../lib/cloud/functiongraph.ts';
import { createIam } from '../../lib/cloud/iam.ts';
import { createObs } from '../../lib/cloud/obs/obs.ts';
import { scrub } from '../../lib/cloud/request/redact.ts';
import { createSmn } from '../../lib/cloud/smn.ts';
import { createLog } from '../../lib/runtime/log.ts';
import { secret } from '../../lib/secret.ts';
import { fakeCaller } from '../cloud/support/fake-caller.ts';
import { playClock } from '../../testing/play-clock.ts';
import { fuzz, refusable } from './fuzz.ts';
import { asBody, hostileText, hostileValue, mutated, mutatedText } from './hostile.ts';

const ID = '0123456789abcdef0123456789abcdef';
const phone = {
  phone_id: ID,
  phone_name: 'game-1',
  server_id: ID,
  status: 2,
  image_version: '1',
  create_time: '2026-01-01 00:00:00',
  imei: '860000000000001',
  property: '{}',
};
const replies = {
  phones: { count: 1, phones: [phone] },
  phone,
  servers: { resources: [{ resource_id: ID }], total_count: 1 },
  submit: { request_id: ID, jobs: [{ phone_id: ID, job_id: ID, error_code: '', error_msg: '' }] },
  jobs: {
    jobs: [
      {
        job_id: ID,
        phone_id: ID,
        status: 2,
        begin_time: '2026-01-01T00:00:00Z',
        end_time: '2026-01-01T00:00:01Z',
      },
    ],
  },
  message: { message_id: ID, request_id: ID },
  token: { token: { expires_at: '2026-01-03T03:04:05.000000Z', project: { id: ID, name: 'p' } } },
  keys: {
    credential: {
      access: 'A',
      secret: 'S',
      securitytoken: 'T',
      expires_at: '2026-01-03T03:04:05.000000Z',
    },
  },
  projects: { projects: [{ id: ID, name: 'cn-north-4' }] },
  error: { error_code: 'CPS.0042', error_msg: 'limit:6,time:1 minute', request_id: ID },
  keystone: { error: { code: 401, message: 'password expired', title: 'Unauthorized' } },
};

const header = fc.record(
  {
    date: hostileText,
    'retry-after': fc.oneof(hostileText, fc.constantFrom('1', '99999999')),
    'x-request-id': hostileText,
    'x-subject-token': hostileText,
  },
  { requiredKeys: [] },
);

const answer = fc.record({
  status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503),
  headers: header,
  text: asBody(mutated(Object.values(replies))),
});

const WORD = /^[\w-]{1,64}$/;

describe('answers', () => {
  fuzz('of CPH, SMN, FunctionGraph and IAM', fc.tuple(answer, answer), async (said) => {
    const { caller } = fakeCaller(...said);
    const common = { ...caller, endpoint: 'https://service', projectId: 'p1' };
    const [cph, iam] = [createCph(common), createIam(common)];
    const calls: (() => unknown)[] = [
      async () => {
        for (const { phone_id, server_id } of (await cph.listPhones({ offset: 0, limit: 10 }))
          .phones) {
          expect(phone_id).toMatch(WORD);
          expect(server_id).toMatch(/^[\w-]{0,64}$/);
        }
      },
      async () => expect((await cph.showPhone(ID))?.phone_id ?? ID).toMatch(WORD),
      async () => {
        for (const id of await cph.serversByTags({ env: ['prod'] })) expect(id).toMatch(WORD);
      },
      () => cph.batchStorage([]),
      () => cph.listJobs([ID]),
      () =>
        createSmn(common).publish('urn:smn:r:p:t', {
          subject: 's',
          message_structure: {},
          message_attributes: [],
        }),
      () => createFunctionGraph(common).invokeAsync('urn:fss:r:p:function:default:f', {}),
      () =>
        iam.createToken({
          account: 'a',
          user: 'u',
          password: secret('pass-word-1'),
          project: { name: 'p' },
        }),
      () => iam.createTemporaryKeys(secret('t')),
      () => iam.findProject('p', caller.authenticate),
    ];
    for (const call of calls) await refusable(call);
  });

  const xml = [
    '<?xml version="1.0"?><ListBucketResult><Name>b</Name><Prefix></Prefix><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>a</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size></Contents></ListBucketResult>',
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><ListBucketResult><Name>&c;</Name></ListBucketResult>',
    '<Error><Code>NoSuchKey</Code><Message>m</Message><RequestId>r</RequestId></Error>',
    '<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>',
  ];
  const objectAnswer = fc.record({
    status: fc.constantFrom(
      200,
      200,
      206,
      204,
      301,
      307,
      400,
      403,
      404,
      409,
      412,
      416,
      429,
      500,
      501,
      503,
    ),
    headers: fc.record(
      {
        etag: hostileText,
        'last-modified': hostileText,
        'content-length': hostileText,
        date: hostileText,
      },
      { requiredKeys: [] },
    ),
    text: mutatedText(xml),
  });
  fuzz(
    'of OBS',
    objectAnswer,
    async (said) => {
      const { caller } = fakeCaller(said);
      const credentials = credentialsFrom({
        token: '',
        accessKey: 'A',
        secretKey: 'S',
        securityToken: 'T',
      });
      const obs = createObs({
        ...caller,
        credentials: () => credentials,
        region: 'cn-north-4',
        endpoint: 'https://obs',
        pathStyle: true,
      });
      const calls: (() => unknown)[] = [
        () => obs.get('b-1', 'k'),
        () => obs.tail('b-1', 'k', 1_024),
        () => obs.head('b-1', 'k'),
        () => obs.list('b-1', 'p', { max: 10 }),
        () => obs.put('b-1', 'k', 'x', { ifNoneMatch: true }),
        () => obs.remove('b-1', ['k', 'l']),
      ];
      for (const call of calls) await refusable(call);
    },
    { share: 0.3 },
  );

  fuzz('in texts made fit for a message', fc.tuple(hostileText, hostileText), ([a, b]) => {
    const clean = scrub(a + b, 200);
    expect(clean.length).toBeLessThanOrEqual(200);
    expect(clean).not.toMatch(/[\r\n\u2028\u2029]/);
  });

  fuzz('in the log', fc.dictionary(hostileText, hostileValue, { maxKeys: 5 }), (fields) => {
    createLog((line) => expect(line).not.toContain('\n'), playClock()).info('x', fields);
  });
});
