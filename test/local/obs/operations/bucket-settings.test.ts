import { describe, expect, it } from 'vitest';
import type { BucketTraits } from '../../../../local/obs/operations/call.ts';
import { BUCKET, setUp } from '../../support/obs.ts';

async function fetchFrom(traits: BucketTraits, name: string, method = 'GET') {
  const { send } = await setUp({ traits: new Map([[BUCKET, traits]]) });
  const query: [string, string][] = name === '' ? [] : [[name, '']];
  const response = await send({ method, path: '/', query });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('HEAD of a bucket', () => {
  it('returns its region, and marks a parallel file system by a header', async () => {
    const plain = await fetchFrom({}, '', 'HEAD');
    expect(plain.headers.get('x-amz-bucket-region')).toBe('cn-north-4');
    expect(plain.headers.get('x-amz-fs-file-interface')).toBeNull();
    const system = await fetchFrom({ fileSystem: true }, '', 'HEAD');
    expect(system.headers.get('x-amz-fs-file-interface')).toBe('Enabled');
  });

  it('redirects calls to a bucket of another region', async () => {
    expect(await fetchFrom({ region: 'cn-east-3' }, '', 'HEAD')).toMatchObject({
      status: 301,
      text: '',
    });
    const { status, text } = await fetchFrom({ region: 'cn-east-3' }, 'versioning');
    expect(status).toBe(301);
    expect(text).toContain('<Code>PermanentRedirect</Code>');
  });
});

describe('GET ?versioning', () => {
  it.each([
    [{}, undefined],
    [{ versioning: 'Enabled' }, 'Enabled'],
    [{ versioning: 'Suspended' }, 'Suspended'],
    [{ lock: {} }, 'Enabled'],
  ] as const)('returns for %o the status %s', async (traits, status) => {
    const { text } = await fetchFrom(traits, 'versioning');
    expect(text).toContain('<VersioningConfiguration xmlns="http://obs.cn-north-4');
    expect(/<Status>(\w+)</.exec(text)?.[1]).toBe(status);
  });

  it('is refused by a parallel file system', async () => {
    expect((await fetchFrom({ fileSystem: true }, 'versioning')).status).toBe(405);
  });
});

describe('GET ?object-lock', () => {
  it('returns InvalidRequest without a lock', async () => {
    const { status, text } = await fetchFrom({}, 'object-lock');
    expect(status).toBe(400);
    expect(text).toContain('<Code>InvalidRequest</Code>');
  });

  it('returns the default retention, if there is one', async () => {
    expect((await fetchFrom({ lock: {} }, 'object-lock')).text).not.toContain('Rule');
    const { text } = await fetchFrom({ lock: { days: 10 } }, 'object-lock');
    expect(text).toContain('<ObjectLockEnabled>Enabled</ObjectLockEnabled>');
    expect(text).toContain('<Mode>COMPLIANCE</Mode><Days>10</Days>');
  });
});
