import { describe, expect, it } from 'vitest';
import { judgeSettings } from '../../../../cli/doctor/deployment/function-settings.ts';

const here = {
  ...{ region: 'cn-north-4', projectId: 'p1', bucket: 'my-phones', prefix: 'phonevault/' },
  topicUrn: 'urn:smn:cn-north-4:p1:phonevault',
};
const driveUrn = 'urn:fss:cn-north-4:p1:function:default:phonevault-prod-drive';
const there = {
  ...{ PHONEVAULT_REGION: 'cn-north-4', PHONEVAULT_BUCKET: 'my-phones' },
  ...{ PHONEVAULT_TOPIC_URN: here.topicUrn, PHONEVAULT_DRIVE_URN: driveUrn },
};
type Key = Parameters<typeof judgeSettings>[0];
const found = (change: Record<string, string>, key: Key = 'http') =>
  judgeSettings(key, { ...there, ...change }, { here, driveUrn, fix: 'deploy' });

describe('the environment of a function', () => {
  it('is good when it is that of this machine', () => {
    expect(found({})).toEqual([]);
    expect(found({ PHONEVAULT_DRIVE_URN: `${driveUrn}:latest` })).toEqual([]);
  });

  it('fails where it differs, and shows both values', () => {
    expect(found({ PHONEVAULT_BUCKET: 'other-phones' })).toMatchObject([
      {
        outcome: 'failed',
        message: 'PHONEVAULT_BUCKET is other-phones in the function and my-phones here',
      },
    ]);
  });

  it('fails when another function is woken, and warns when none is', () => {
    const other = driveUrn.replace('prod', 'test');
    expect(found({ PHONEVAULT_DRIVE_URN: other })).toMatchObject([
      { outcome: 'failed', message: expect.stringContaining(other) as string },
    ]);
    expect(found({ PHONEVAULT_DRIVE_URN: '' })).toMatchObject([{ outcome: 'warning' }]);
    expect(found({ PHONEVAULT_DRIVE_URN: '' }, 'drive')).toEqual([]);
  });

  it('fails with the words of the function when the function would refuse it', () => {
    const [verdict, ...rest] = found({ PHONEVAULT_BUCKET: 'Not A Bucket' });
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict?.message).toContain('PHONEVAULT_BUCKET');
    expect(rest).toEqual([]);
  });
});
