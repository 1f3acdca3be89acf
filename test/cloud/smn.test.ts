import { describe, expect, it } from 'vitest';
import { createSmn } from '../../lib/cloud/smn.ts';
import { fakeCaller, type Said } from './request/fake-send.ts';

const notification = {
  subject: 'nightly: partial',
  message_structure: { default: 'one failed', email: 'One phone failed.' },
  message_attributes: [{ name: 'outcome', value: 'partial' }],
};

function setUp(said: Said) {
  const fake = fakeCaller(said);
  const smn = createSmn({ ...fake.caller, endpoint: 'https://smn.example', projectId: 'p1' });
  return { ...fake, smn };
}

describe('publish', () => {
  it('sends the documented body to the topic', async () => {
    const { smn, requests, bodies } = setUp({ json: { request_id: 'r1', message_id: 'm1' } });
    expect(await smn.publish('urn:smn:r:p1:backup', notification)).toEqual({ message_id: 'm1' });
    expect(requests[0]?.url).toBe(
      'https://smn.example/v2/p1/notifications/topics/urn:smn:r:p1:backup/publish',
    );
    expect(bodies()).toEqual([
      {
        subject: 'nightly: partial',
        message_structure: '{"default":"one failed","email":"One phone failed."}',
        message_attributes: [{ name: 'outcome', type: 'STRING', value: 'partial' }],
      },
    ]);
  });

  it.each<[string, Said, object]>([
    [
      'a topic that is gone',
      { status: 404, json: { code: 'SMN.0006', message: 'Topic not found.' } },
      { code: 'not_found', serviceCode: 'SMN.0006', carriedOut: 'no' },
    ],
    [
      'an answer without an id',
      { json: { request_id: 'r1' } },
      { code: 'unreachable', carriedOut: 'unknown' },
    ],
    ['an internal error', { status: 500, json: { code: 'SMN.0018' } }, { carriedOut: 'unknown' }],
  ])('throws for %s, after one try', async (_what, said, expected) => {
    const { smn, requests } = setUp(said);
    await expect(smn.publish('urn:smn:r:p1:t', notification)).rejects.toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });
});

describe('hasTopic', () => {
  it.each<[Said, boolean]>([
    [{ json: { topic_urn: 'urn:smn:r:p1:t', name: 't' } }, true],
    [{ status: 404, json: { code: 'SMN.0006' } }, false],
  ])('%j: %s', async (said, expected) => {
    const { smn, requests } = setUp(said);
    expect(await smn.hasTopic('urn:smn:r:p1:t')).toBe(expected);
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://smn.example/v2/p1/notifications/topics/urn:smn:r:p1:t',
    });
  });

  it('does not take a path that is not there for a topic that is not there', async () => {
    const { smn } = setUp({ status: 404, json: { error_code: 'APIGW.0101' } });
    await expect(smn.hasTopic('urn:smn:r:p1:t')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('listSubscriptions', () => {
  it('answers protocols and states only, of the first page', async () => {
    const entry = { protocol: 'email', status: 1, endpoint: 'a@example.com' };
    const { smn, requests } = setUp({ json: { subscription_count: 1, subscriptions: [entry] } });
    expect(await smn.listSubscriptions('urn:smn:r:p1:t')).toEqual({
      count: 1,
      subscriptions: [{ protocol: 'email', status: 1 }],
    });
    expect(requests[0]?.url).toMatch(/urn:smn:r:p1:t\/subscriptions\?offset=0&limit=100$/);
  });
});
