import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../../local/http/server.ts';
import { serverBackend } from '../../../local/object-server/backend.ts';

const keys = { accessKey: 'a', secretKey: 's', securityToken: undefined, expiresAt: undefined };

async function backend(status: number) {
  const server = await listen(async () => new Response(null, { status }), 0, 1_000);
  onTestFinished(() => server.close());
  return serverBackend({ url: server.url, region: 'r', keys });
}

it('treats a bucket that it cannot see as absent, and other errors as errors', async () => {
  for (const status of [301, 403, 404]) {
    expect(await (await backend(status)).hasBucket('bucket')).toBe(false);
  }
  await expect((await backend(400)).hasBucket('bucket')).rejects.toThrow();
});

it('returns undefined for an absent object only', async () => {
  const absent = await backend(404);
  expect([await absent.read('b', 'k'), await absent.stat('b', 'k')]).toEqual([
    undefined,
    undefined,
  ]);
  const forbidden = await backend(403);
  await expect(forbidden.stat('b', 'k')).rejects.toThrow();
});
