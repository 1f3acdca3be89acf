import { describe, expect, it } from 'vitest';
import type { ObjectInfo } from '../../../lib/cloud/obs/list.ts';
import { thawArchive, thawOption } from '../../../cli/archive/thaw-archive.ts';
import { fakeIo } from '../support/fake-io.ts';

const ARCHIVE = { bucket: 'b', key: 'k', phone_id: 'p1', phone_name: 'game-0001' };
const INFO: ObjectInfo = { key: 'k', size: 9, etag: 'e', lastModified: 1 };

/** An object that each HEAD shows as the next of `states`, the last one for ever. */
async function thaw(states: Partial<ObjectInfo>[]) {
  const asked: object[] = [];
  let heads = 0;
  const obs = {
    head: async () => ({ ...INFO, ...states[Math.min(heads++, states.length - 1)] }),
    restoreObject: async (...order: unknown[]) => void asked.push(order),
  };
  const { io, printed } = fakeIo();
  await thawArchive(io, obs, ARCHIVE, 'expedited');
  return { asked, heads, stderr: () => printed.err.join('\n') };
}

describe('thawArchive', () => {
  it('asks once, tells, and waits until the archive can be read', async () => {
    const { asked, heads, stderr } = await thaw([
      { cold: true },
      { cold: true, thawing: true },
      {},
    ]);
    expect(asked).toEqual([['b', 'k', { days: 1, tier: 'expedited' }]]);
    expect(heads).toBe(3);
    expect(stderr()).toContain('game-0001  OBS makes the archive readable (1 to 5 minutes');
  });

  it('returns at once for an archive that can be read', async () => {
    const { asked, heads, stderr } = await thaw([{}]);
    expect([asked, heads, stderr()]).toEqual([[], 1, '']);
  });
});

it('takes no other tier', () => {
  const parse = thawOption('make it readable').parse!;
  expect(parse('standard')).toBe('standard');
  expect(() => parse('bulk')).toThrow('--thaw bulk is not a tier');
});
