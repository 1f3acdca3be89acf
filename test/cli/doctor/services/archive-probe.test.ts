import { describe, expect, it } from 'vitest';
import { type ProbeDeps, purgeProbe } from '../../../../cli/doctor/services/archive-probe.ts';
import { PhonevaultError } from '../../../../lib/errors.ts';

type Versioning = Awaited<ReturnType<ProbeDeps['obs']['purge']>>['versioning'];
type Lock = Awaited<ReturnType<ProbeDeps['buckets']['lock']>>;

type Facts = {
  /** Whether HEAD finds the probe, call by call. */
  heads?: (boolean | Error)[];
  /** The code with which the bucket refuses the deletion. */
  code?: string;
  versioning?: Versioning;
  lock?: Lock | Error;
};

async function purge({ heads = [true, false], code, versioning = 'off', lock = 'off' }: Facts) {
  const purged: string[][] = [];
  const found = [...heads];
  const deps = {
    obs: {
      head: async () => {
        const next = found.shift();
        if (next instanceof Error) throw next;
        return next === true ? { size: 2 } : undefined;
      },
      purge: async (_bucket: string, keys: string[]) => {
        purged.push(keys);
        return { refused: code === undefined ? [] : [{ key: 'k', code }], versioning };
      },
    },
    buckets: {
      lock: async () => {
        if (lock instanceof Error) throw lock;
        return lock;
      },
    },
  } as unknown as ProbeDeps;
  return { verdict: await purgeProbe(deps, 'b', 'k'), purged };
}

const denied = new PhonevaultError('access_denied', 'denied');

describe('purgeProbe', () => {
  it('deletes the probe and finds nothing to say', async () => {
    const { verdict, purged } = await purge({});
    expect(verdict).toBeUndefined();
    expect(purged).toEqual([['k']]);
  });

  it('deletes nothing when the probe is not there', async () => {
    const { verdict, purged } = await purge({ heads: [false] });
    expect(verdict).toBeUndefined();
    expect(purged).toEqual([]);
  });

  it('fails when the probe is still there after its deletion', async () => {
    const { verdict } = await purge({ heads: [true, true] });
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict?.message).toContain('obs://b/k');
  });

  it.each<[string, Facts, string]>([
    ['in a plain bucket', { code: 'AccessDenied' }, 'obs:object:DeleteObject,'],
    [
      'in a bucket with versions',
      { code: 'AccessDenied', versioning: 'on' },
      'obs:object:DeleteObjectVersion',
    ],
    [
      'in a bucket that does not say whether it keeps versions',
      { code: 'AccessDenied', versioning: 'unknown' },
      'obs:bucket:GetBucketVersioning',
    ],
    ['that only hid the object', { code: 'delete_marker' }, 'obs:object:DeleteObjectVersion'],
    ['as a method', { code: 'MethodNotAllowed' }, 'plain object bucket'],
    ['of HEAD', { heads: [denied] }, 'obs:object:GetObject'],
    ['of HEAD afterwards', { heads: [true, denied] }, 'obs:object:DeleteObject'],
  ])('names what stays and the right to grant after a refusal %s', async (_, facts, right) => {
    const { verdict } = await purge(facts);
    expect(verdict).toMatchObject({ outcome: 'failed' });
    expect(verdict?.message).toContain('obs://b/k could not be deleted');
    expect(verdict?.fix).toContain(right);
    expect(verdict?.fix).toContain('delete what stays yourself');
  });

  it.each([
    [{ days: 30 }, '30 days'],
    [{ years: 1 }, '1 years'],
  ])('warns of a probe under a lock of %j', async (lock, time) => {
    const { verdict } = await purge({ code: 'AccessDenied', lock });
    expect(verdict).toMatchObject({ outcome: 'warning' });
    expect(verdict?.message).toContain(time);
  });

  it.each([{}, denied])('fails when a lock does not explain the refusal', async (lock) => {
    const { verdict } = await purge({ code: 'AccessDenied', lock });
    expect(verdict).toMatchObject({ outcome: 'failed' });
    const other = await purge({ code: 'MethodNotAllowed', lock: { days: 30 } });
    expect(other.verdict).toMatchObject({ outcome: 'failed' });
  });

  it('throws what is no error of a service', async () => {
    await expect(purge({ heads: [new TypeError('odd')] })).rejects.toThrow('odd');
    const lock = new TypeError('odd');
    await expect(purge({ code: 'AccessDenied', lock })).rejects.toThrow('odd');
  });
});
