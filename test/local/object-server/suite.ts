import { randomBytes } from 'node:crypto';
import { expect, describe, it } from 'vitest';
import type { ObjectServer } from '../../../local/object-server/client.ts';
import { openObjectServer } from '../../../local/object-server/open.ts';
import { serverBackend } from '../../../local/object-server/backend.ts';

const FACTS = { lastModified: Date.UTC(2026, 0, 2), contentType: 'a/b', metadata: { run: 'r1' } };
const HOUR = 3_600_000;

/** Tests of an external object server; `sessions`: whether it issues session keys. */
export function objectServerSuite(
  name: string,
  open: () => Promise<ObjectServer>,
  { sessions }: { sessions: boolean },
): void {
  const setUp = async () => {
    const server = await open();
    const bucket = `objects-${randomBytes(4).toString('hex')}`;
    return { server, bucket, ...(await openObjectServer(server, bucket)) };
  };

  describe(`${name} as the cloud's object server`, () => {
    it('creates a missing bucket and keeps an existing one', async () => {
      const { server, bucket, backend } = await setUp();
      await backend.write(bucket, 'k', Buffer.from('abc'), FACTS);
      const again = await openObjectServer(server, bucket);
      expect(await again.backend.hasBucket(bucket)).toBe(true);
      expect(await again.backend.hasBucket(`${bucket}-2`)).toBe(false);
      expect((await again.backend.stat(bucket, 'k'))?.size).toBe(3);
    });

    it('returns what was written, with its attributes', async () => {
      const { bucket, backend } = await setUp();
      const body = randomBytes(300_000);
      const written = await backend.write(bucket, 'a/é &+.tar', body, FACTS);
      const read = await backend.read(bucket, 'a/é &+.tar');
      const { contentType, metadata } = FACTS;
      expect(read?.record).toMatchObject({
        etag: written.etag,
        size: 300_000,
        contentType,
        metadata,
      });
      expect(Buffer.from(read?.body ?? []).equals(body)).toBe(true);
      expect(await backend.stat(bucket, 'a/é &+.tar')).toEqual(read?.record);
      expect((await backend.list(bucket, 'a/')).map(({ key, etag }) => [key, etag])).toEqual([
        ['a/é &+.tar', written.etag],
      ]);
    });

    it('returns undefined for an absent object', async () => {
      const { bucket, backend } = await setUp();
      await backend.write(bucket, 'k', Buffer.from(''), FACTS);
      await backend.remove(bucket, 'k');
      await backend.remove(bucket, 'k');
      expect(await backend.read(bucket, 'k')).toBeUndefined();
      expect(await backend.stat(bucket, 'k')).toBeUndefined();
      expect(await backend.list(bucket, '')).toEqual([]);
    });

    it(`returns ${sessions ? 'session keys' : 'the given keys'} for functions`, async () => {
      const { server, bucket, keySource } = await setUp();
      const keys = await keySource(HOUR);
      if (sessions) {
        expect(keys.accessKey).not.toBe(server.keys.accessKey);
        expect(keys.securityToken).toBeTruthy();
        expect(keys.expiresAt).toBeGreaterThan(Date.now());
      } else {
        expect(keys).toEqual(server.keys);
      }
      const theirs = serverBackend({ ...server, keys });
      await theirs.write(bucket, 'k', Buffer.from('theirs'), FACTS);
      expect((await theirs.stat(bucket, 'k'))?.size).toBe(6);
    });

    it('says what is wrong if the server cannot be used', async () => {
      const { server, bucket } = await setUp();
      const wrong = { ...server, keys: { ...server.keys, secretKey: 'wrong' } };
      await expect(openObjectServer(wrong, bucket)).rejects.toThrow(
        /refused the bucket objects-\w+ \(HTTP 403.*keys are wrong/,
      );
      const nobody = { ...server, url: 'http://127.0.0.1:1' };
      await expect(openObjectServer(nobody, bucket)).rejects.toThrow(
        'The object server http://127.0.0.1:1 cannot be reached',
      );
    });
  });
}
