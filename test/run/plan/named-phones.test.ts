import { describe, expect, it } from 'vitest';
import { readNamed } from '../../../lib/run/plan/named-phones.ts';
import { phone } from '../../support/fleet.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { countedCloud, numbered } from './counted-cloud.ts';

function cloud(facts?: Parameters<typeof countedCloud>[0]) {
  const scene = countedCloud(facts);
  /** Returns the ids of the phones that were found. */
  const find = async (ids: string[], requestedAt = T0, until = Infinity) => {
    const found = await readNamed(scene.deps, ids, { requestedAt, until });
    return found?.candidates.map(({ phone_id }) => phone_id);
  };
  return { ...scene, find };
}

describe('readNamed', () => {
  const fleet = numbered('p', 500);
  const pages = [
    'list all',
    'list all 99',
    'list all 198',
    'list all 297',
    'list all 396',
    'list all 495',
  ];

  it('reads up to four one by one, and the list for more when it takes fewer calls', async () => {
    const few = cloud({ fleet });
    await few.find(numbered('p', 4));
    expect(few.calls).toHaveLength(4);
    const many = cloud({ fleet });
    const wanted = ['p0', 'p499', 'p200', 'p3', 'p4', 'p5'];
    expect(await many.find(wanted)).toEqual(wanted);
    expect(many.calls).toEqual(['list all', 'show p499', 'show p200']);
  });

  it('reads at most four phones at once', async () => {
    const { find, most } = cloud({ fleet: numbered('x', 50_000) });
    await find(numbered('p', 20));
    expect(most()).toBe(4);
  });

  it('stops the list as soon as it has seen them all', async () => {
    const { find, calls } = cloud({ fleet });
    await find(numbered('p', 120));
    expect(calls).toEqual(pages.slice(0, 2));
  });

  it('stops the list when its rest takes more calls than the phones', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 5_000) });
    await find(numbered('p', 20));
    expect(calls).toEqual(['list all', ...numbered('p', 20).map((id) => `show ${id}`)]);
  });

  it('reads the list once for many runs of one phone each', async () => {
    const { find, calls } = cloud({ fleet });
    for (const id of fleet) expect(await find([id])).toEqual([id]);
    expect(calls).toEqual([...numbered('p', 4).map((id) => `show ${id}`), ...pages]);
  });

  it('shows the phones of many runs when the fleet is large, and each only once', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 50_000) });
    for (let run = 0; run < 100; run += 1) await find([`p${run % 50}`]);
    expect(calls.filter((call) => call.startsWith('show'))).toHaveLength(50);
    expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(1);
  });

  it('never takes more than twice the calls of the list', async () => {
    const { find, calls } = cloud({ fleet: numbered('p', 3_000) });
    for (let run = 0; run < 3_000; run += 7) await find([`p${run}`]);
    expect(calls.length).toBeLessThan(2 * 32);
  });

  it('shows a phone again that the list or an earlier run did not know before the request', async () => {
    const { find, calls, clock } = cloud({ fleet, gone: ['q'] });
    expect(await find(['q', ...numbered('p', 8)])).toHaveLength(8);
    expect(calls).toEqual(['list all', 'show q']);
    clock.move(30_000);
    const requestedAt = clock.now();
    await find(['q', 'p1'], requestedAt);
    await find(['q', 'p1'], requestedAt);
    expect(calls).toEqual(['list all', 'show q', 'show q']);
  });

  it('believes a whole list that began after the request', async () => {
    const { find, calls } = cloud({ fleet });
    expect(await find(numbered('q', 20))).toEqual([]);
    expect(calls).toEqual(pages);
  });

  it('shows a phone again that could not be exported before the request', async () => {
    const { find, calls, clock, deps } = cloud();
    deps.cph.showPhone = async (id) => {
      calls.push(`show ${id}`);
      return phone(id, { status: id === 'p' ? 'stopped' : 'running' });
    };
    await find(['p', 'q']);
    clock.move(30_000);
    await find(['p', 'q'], clock.now());
    clock.move(MINUTE);
    await find(['q'], clock.now());
    expect(calls).toEqual(['show p', 'show q', 'show p', 'show q']);
  });

  it('believes what it reads for a request of a clock that is ahead', async () => {
    const { find, deps } = cloud();
    deps.cph.showPhone = async (id) => phone(id, { status: 'stopped' });
    expect(await find(['p'], T0 + MINUTE)).toEqual(['p']);
  });

  it('reads a phone that is named twice once', async () => {
    const { find, calls } = cloud();
    expect(await find(['p', 'p'])).toEqual(['p']);
    expect(calls).toEqual(['show p']);
  });

  it('returns when the oldest of the phones was read', async () => {
    const { find, deps, clock } = cloud();
    await find(['p']);
    clock.move(1_000);
    const scope = { requestedAt: T0, until: Infinity };
    expect(await readNamed(deps, ['q', 'p', 'r'], scope)).toMatchObject({ asOf: T0 });
    expect(await readNamed(deps, ['q'], scope)).toMatchObject({ asOf: T0 + 1_000 });
  });

  it('keeps what was read when one phone fails', async () => {
    const { find, calls, deps } = cloud({ fleet: numbered('x', 5_000) });
    const { showPhone } = deps.cph;
    let fails = true;
    deps.cph.showPhone = async (id) => {
      const shown = await showPhone(id);
      if (id === 'p7' && fails) throw new TypeError('odd');
      return shown;
    };
    await expect(find(numbered('p', 20))).rejects.toThrow('odd');
    const before = calls.length;
    expect(before).toBeLessThan(1 + 8 + 4);
    fails = false;
    expect(await find(numbered('p', 20))).toHaveLength(20);
    expect(new Set(calls).size).toBe(calls.length - 1);
  });

  it('returns undefined when more than twenty take longer than there is time', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 50_000) });
    expect(await find(numbered('p', 21), T0, T0)).toBeUndefined();
    expect(calls).toEqual([]);
    expect(await find(numbered('p', 20), T0, T0)).toHaveLength(20);
  });
});
