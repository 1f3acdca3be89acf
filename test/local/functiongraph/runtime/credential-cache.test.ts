import { expect, it } from 'vitest';
import { createCredentialCache } from '../../../../local/functiongraph/runtime/credential-cache.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock } from '../../support/clock.ts';

function fixture() {
  const clock = manualClock();
  const issued: string[] = [];
  let broken = false;
  const credentialsOf = createCredentialCache({
    time: createTime(clock, 10),
    issue: async (agency) => {
      if (broken) throw new Error('down');
      const token = `${agency} ${issued.push(agency)}`;
      return { accessKey: '', secretKey: '', securityToken: '', token };
    },
  });
  const tokenOf = async (agency: string) => (await credentialsOf(agency)).token;
  return { clock, tokenOf, breakSource: (state: boolean) => void (broken = state) };
}

it('returns the same credentials of an agency for ten minutes of simulated time', async () => {
  const { clock, tokenOf } = fixture();
  expect([await tokenOf('a'), await tokenOf('b'), await tokenOf('a')]).toEqual([
    'a 1',
    'b 2',
    'a 1',
  ]);
  clock.move(59_999);
  expect(await tokenOf('a')).toBe('a 1');
  clock.move(1);
  expect(await tokenOf('a')).toBe('a 3');
});

it('returns empty credentials without an agency', async () => {
  expect(await fixture().tokenOf('')).toBe('');
});

it('does not cache a failure', async () => {
  const { tokenOf, breakSource } = fixture();
  breakSource(true);
  await expect(tokenOf('a')).rejects.toThrow('down');
  breakSource(false);
  expect(await tokenOf('a')).toBe('a 1');
});
