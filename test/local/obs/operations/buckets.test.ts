import { describe, expect, it } from 'vitest';
import { BUCKET, setUp } from '../../support/obs.ts';

const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();
const location = (region: string) =>
  `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;

describe('buckets', () => {
  it('are listed with the project of the caller and the date of creation', async () => {
    const { send, backend } = await setUp();
    await backend.createBucket('a-bucket', Date.UTC(2026, 0, 2));
    const host = 'obs.cn-north-4.myhuaweicloud.com';
    expect(await (await send({ path: '/', host })).text()).toContain(
      `<Owner><ID>project1</ID></Owner><Buckets><Bucket><Name>a-bucket</Name><CreationDate>2026-01-02T00:00:00.000Z</CreationDate></Bucket><Bucket><Name>${BUCKET}</Name><CreationDate>`,
    );
  });

  it.each([
    ['new-bucket', undefined, '200'],
    ['new-bucket', location('cn-north-4'), '200'],
    ['new-bucket', location('eu-west-1'), '400 IllegalLocationConstraintException'],
    ['new-bucket', '<Other/>', '400 MalformedXML'],
    [BUCKET, undefined, '409 BucketAlreadyOwnedByYou'],
    ['no_bucket', undefined, '400 InvalidBucketName'],
    ['192.168.1.1', undefined, '400 InvalidBucketName'],
    ['a..b', undefined, '400 InvalidBucketName'],
    ['a.-b', undefined, '400 InvalidBucketName'],
  ])('are created: %s with %s is %s', async (name, body, expected) => {
    const { send, backend } = await setUp();
    const host = `${name}.obs.cn-north-4.myhuaweicloud.com`;
    const response = await send({ method: 'PUT', path: '/', host, ...(body && { body }) });
    expect(await codeOf(response)).toBe(expected);
    expect(await backend.hasBucket(name)).toBe(expected === '200' || name === BUCKET);
  });

  it('show their region in a header and by ?location', async () => {
    const { send } = await setUp();
    const head = await send({ method: 'HEAD', path: '/' });
    expect(head.headers.get('x-amz-bucket-region')).toBe('cn-north-4');
    const found = await send({ path: '/', query: [['location', '']] });
    expect(await found.text()).toContain('<LocationConstraint>cn-north-4</LocationConstraint>');
  });
});
