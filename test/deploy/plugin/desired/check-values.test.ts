import { describe, expect, it } from 'vitest';
import { checkValues } from '../../../../deploy/plugin/desired/check-values.js';
import type { DeployError } from '../../../../deploy/plugin/errors.js';
import { TOPIC } from '../serverless-yml.ts';

const userData = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'phonevault-demo',
  PHONEVAULT_TOPIC_URN: TOPIC,
};
const ELSEWHERE = TOPIC.replace('cn-north-4', 'cn-south-1');
const endpoints = Object.fromEntries(
  ['CPH', 'IAM', 'OBS', 'SMN', 'FUNCTIONGRAPH'].map((service) => [
    `PHONEVAULT_${service}_ENDPOINT`,
    'https://service.example.com',
  ]),
);

const errors = async (
  changes: Record<string, string>,
  secrets: Record<string, string> = {},
): Promise<string[]> => {
  const functions = [
    { userData: { ...userData, ...changes }, secrets },
    { userData: { ...userData, ...changes }, secrets: {} },
  ];
  return checkValues(functions).then(
    () => [],
    (error: unknown) => (error as DeployError).message.split('\n'),
  );
};

describe('checkValues', () => {
  it('accepts what the functions accept', async () => {
    expect(await errors({ PHONEVAULT_HEARTBEAT: '08:00 Asia/Shanghai' })).toEqual([]);
  });

  it.each([
    ['PHONEVAULT_REGION', { PHONEVAULT_REGION: 'cn-north-44' }],
    ['PHONEVAULT_REGION', { PHONEVAULT_REGION: 'CN North', ...endpoints }],
    ['PHONEVAULT_REGION', { PHONEVAULT_REGION: 'cnnorth4', ...endpoints }],
    [
      'PHONEVAULT_PROJECT_ID',
      { PHONEVAULT_PROJECT_ID: 'a b', PHONEVAULT_DRIVE_URN: 'urn:fss:cn-north-4:a b:function:x' },
    ],
    ['PHONEVAULT_BUCKET', { PHONEVAULT_BUCKET: 'My_Bucket' }],
    ['PHONEVAULT_PREFIX', { PHONEVAULT_PREFIX: '../prod' }],
    ['PHONEVAULT_TOPIC_URN', { PHONEVAULT_TOPIC_URN: 'phonevault' }],
    ['PHONEVAULT_HEARTBEAT', { PHONEVAULT_HEARTBEAT: '8 o clock' }],
    ['PHONEVAULT_CTS_SERVICE_TYPE', { PHONEVAULT_CTS_SERVICE_TYPE: '?' }],
    ['PHONEVAULT_SMN_ENDPOINT', { PHONEVAULT_SMN_ENDPOINT: 'http://smn.example.com' }],
  ])('names %s once, however many functions refuse it', async (name, changes) => {
    const found = await errors(changes);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(name);
  });

  it('names the topic of failed functions beside other settings', async () => {
    const async = { retries: 0, maxAge: 60, failureTopicUrn: 'nope' };
    const changed = { ...userData, PHONEVAULT_TOPIC_URN: 'phonevault' };
    const triggers = [{ type: 'SMN', status: 'ACTIVE' as const, data: { topic_urn: 'bad' } }];
    const refused = checkValues([{ userData: changed, secrets: {}, async, triggers }]);
    await expect(refused).rejects.toThrow(
      /^PHONEVAULT_TOPIC_URN is .*\nPHONEVAULT_OPERATORS_TOPIC_URN is "nope"; allowed: .*\nPHONEVAULT_EVENT_TOPIC_URN is "bad"; allowed: urn:smn:.*$/,
    );
  });

  it('names a refused secret without its content', async () => {
    const found = await errors(
      {},
      {
        PHONEVAULT_HTTP_TOKENS: 'ci:read:never:hunter2hunter2',
        PHONEVAULT_WEBHOOK_SECRETS: 'whsec_c2hvcnQ=',
      },
    );
    expect(found.map((line) => line.split(' ')[0])).toEqual([
      'PHONEVAULT_HTTP_TOKENS',
      'PHONEVAULT_WEBHOOK_SECRETS',
    ]);
    expect(found.join()).not.toMatch(/hunter2|c2hvcnQ/);
  });

  it.each([
    ['PHONEVAULT_TOPIC_URN', { userData: { ...userData, PHONEVAULT_TOPIC_URN: ELSEWHERE } }],
    [
      'PHONEVAULT_OPERATORS_TOPIC_URN',
      { userData, async: { retries: 0, maxAge: 60, failureTopicUrn: ELSEWHERE } },
    ],
    [
      'PHONEVAULT_EVENT_TOPIC_URN',
      {
        userData,
        triggers: [{ type: 'SMN', status: 'ACTIVE' as const, data: { topic_urn: ELSEWHERE } }],
      },
    ],
  ])('names both regions when %s is in another one', async (name, checked) => {
    const found = checkValues([{ secrets: {}, ...checked }]);
    await expect(found).rejects.toThrow(
      `${name} is a topic in cn-south-1, but PHONEVAULT_REGION is cn-north-4`,
    );
  });

  it('leaves the region of a topic to an SMN endpoint of its own', async () => {
    expect(await errors({ PHONEVAULT_TOPIC_URN: ELSEWHERE, ...endpoints })).toEqual([]);
  });

  it('names all of them at once', async () => {
    const found = await errors({ PHONEVAULT_BUCKET: 'a..b', PHONEVAULT_PREFIX: '/' });
    expect(found).toHaveLength(2);
  });
});
