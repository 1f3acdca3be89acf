import { describe, expect, it } from 'vitest';
import type { ObsOptions } from '../../../../local/obs/service/service.ts';
import { BUCKET, setUp } from '../../support/obs.ts';

const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();

async function withCold(storageClass = 'GLACIER', options: Partial<ObsOptions> = {}) {
  const world = await setUp(options);
  const headers = { 'x-amz-storage-class': storageClass };
  const put = await world.send({ method: 'PUT', path: '/k', body: 'cold', headers });
  const thaw = (days = '1', tier = '<GlacierJobParameters><Tier>Expedited</Tier>', path = '/k') => {
    const end = tier.startsWith('<RestoreJob>') ? '</RestoreJob>' : '</GlacierJobParameters>';
    const body = `<RestoreRequest><Days>${days}</Days>${tier}${end}</RestoreRequest>`;
    return world.send({ method: 'POST', path, query: [['restore', '']], body });
  };
  const shown = async () => {
    const { headers: found } = await world.send({ method: 'HEAD', path: '/k' });
    return [found.get('x-amz-storage-class'), found.get('x-amz-restore')];
  };
  return { ...world, put, thaw, shown, get: () => world.send({ path: '/k' }) };
}

describe('an object in an archive class', () => {
  it.each(['GLACIER', 'COLD', 'DEEP_ARCHIVE'])(
    'is written as %s, and refused to readers',
    async (name) => {
      const { put, get, shown } = await withCold(name);
      expect(put.status).toBe(200);
      expect(await codeOf(await get())).toBe('403 InvalidObjectState');
      expect(await shown()).toEqual([name === 'COLD' ? 'GLACIER' : name, null]);
    },
  );

  it('is readable for some days once it is restored, and the restore takes its time', async () => {
    const { clock, thaw, shown, get } = await withCold();
    expect((await thaw('2')).status).toBe(202);
    expect(await shown()).toEqual(['GLACIER', 'ongoing-request="true"']);
    expect(await codeOf(await get())).toBe('403 InvalidObjectState');
    expect(await codeOf(await thaw())).toBe('409 RestoreAlreadyInProgress');

    clock.now += 5 * 60_000;
    const [, restored] = await shown();
    expect(restored).toMatch(/^ongoing-request="false", expiry-date="\w{3}, \d\d .* GMT"$/);
    expect(await (await get()).text()).toBe('cold');
    expect((await thaw('3')).status).toBe(200);

    clock.now += 4 * 86_400_000;
    expect(await codeOf(await get())).toBe('403 InvalidObjectState');
  });

  it('is restored by the names of the SDKs of OBS too', async () => {
    const { thaw } = await withCold();
    expect((await thaw('1', '<RestoreJob><Tier>Standard</Tier>')).status).toBe(202);
  });

  it.each([
    ['no days', '', undefined, '/k', '400 MalformedXML'],
    ['too many days', '31', undefined, '/k', '400 MalformedXML'],
    [
      'a tier of S3 alone',
      '1',
      '<GlacierJobParameters><Tier>Bulk</Tier>',
      '/k',
      '400 MalformedXML',
    ],
    ['an unknown key', '1', undefined, '/other', '404 NoSuchKey'],
  ])('is not restored with %s', async (_what, days, tier, path, expected) => {
    const { thaw } = await withCold();
    expect(await codeOf(await thaw(days, tier, path))).toBe(expected);
  });

  it('is not restored where the policy of the bucket denies it', async () => {
    const traits = new Map([[BUCKET, { denied: [{ action: 'RestoreObject' as const }] }]]);
    const { thaw } = await withCold('COLD', { traits });
    expect(await codeOf(await thaw())).toBe('403 AccessDenied');
  });
});

describe('an object of another class', () => {
  it.each(['STANDARD', 'STANDARD_IA'])('in %s cannot be restored', async (name) => {
    const { thaw, get } = await withCold(name);
    expect(await codeOf(await thaw())).toBe('403 InvalidObjectState');
    expect((await get()).status).toBe(200);
  });

  it('is not written to a class that does not exist', async () => {
    const { put } = await withCold('FROZEN');
    expect(await codeOf(put)).toBe('400 InvalidStorageClass');
  });
});
