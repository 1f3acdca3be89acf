import { describe, expect, it } from 'vitest';
import { createSmn } from '../../lib/cloud/smn.ts';
import { fakeCaller, type FakeResponse } from './support/fake-caller.ts';

const notification = {
  subject: 'nightly: partial',
  message_structure: { default: 'one failed', email: 'One phone failed.' },
  message_attributes: [{ name: 'outcome', value: 'partial' }],
};

function setUp(response: FakeResponse) {
  const fake = fakeCaller(response);
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

  it.each<[string, FakeResponse, object]>([
    [
      'a topic that is gone',
      { status: 404, json: { code: 'SMN.0006', message: 'Topic not found.' } },
      { code: 'not_found', serviceCode: 'SMN.0006', carriedOut: 'no' },
    ],
    [
      'a response without an id',
      { json: { request_id: 'r1' } },
      { code: 'unreachable', carriedOut: 'unknown' },
    ],
    ['an internal error', { status: 500, json: { code: 'SMN.0018' } }, { carriedOut: 'unknown' }],
  ])('throws for %s, after one attempt', async (_what, response, expected) => {
    const { smn, requests } = setUp(response);
    await expect(smn.publish('urn:smn:r:p1:t', notification)).rejects.toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });
});

describe('hasTopic', () => {
  it.each<[FakeResponse, boolean]>([
    [{ json: { topic_urn: 'urn:smn:r:p1:t', name: 't' } }, true],
    [{ status: 404, json: { code: 'SMN.0006' } }, false],
  ])('reads %j as %s', async (response, expected) => {
    const { smn, requests } = setUp(response);
    expect(await smn.hasTopic('urn:smn:r:p1:t')).toBe(expected);
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://smn.example/v2/p1/notifications/topics/urn:smn:r:p1:t',
    });
  });

  it('throws for a wrong path', async () => {
    const { smn } = setUp({ status: 404, json: { error_code: 'APIGW.0101' } });
    await expect(smn.hasTopic('urn:smn:r:p1:t')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('listSubscriptions', () => {
  it('returns only protocols and states, of the first page', async () => {
    const entries = [0, 1, 2, 3, 4].map((status) => ({
      ...{ protocol: 'email', status, endpoint: 'a@example.com' },
    }));
    const { smn, requests } = setUp({ json: { subscription_count: 5, subscriptions: entries } });
    expect(await smn.listSubscriptions('urn:smn:r:p1:t')).toEqual({
      count: 5,
      subscriptions: [false, true, true, false, false].map((confirmed) => ({
        ...{ protocol: 'email', confirmed },
      })),
    });
    expect(requests[0]?.url).toMatch(/urn:smn:r:p1:t\/subscriptions\?offset=0&limit=100$/);
  });
});
