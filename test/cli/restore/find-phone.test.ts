import { describe, expect, it } from 'vitest';
import { findExisting, findPhone } from '../../../cli/restore/find-phone.ts';
import { isWrongUse } from '../../../cli/program/command.ts';
import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { archiveOf } from '../../support/archives.ts';
import { phone } from '../../support/fleet.ts';
import { runScene } from '../../support/run-scene.ts';
import { T0 } from '../../support/runs.ts';

/** Ids of CPH have 32 hexadecimal digits. */
const id = (n: number) => String(n).padStart(32, '0');

/** A cloud that finds phones by a part of their names, a hundred a page. */
function scene(names: string[] = []) {
  const phones = names.map((phone_name, n) => phone(id(n), { phone_name }));
  const calls: number[] = [];
  const listPhones: Cph['listPhones'] = async ({ offset, limit, name = '' }) => {
    calls.push(offset);
    const found = phones.filter(({ phone_name }) => phone_name.includes(name));
    return { count: found.length, phones: found.slice(offset, offset + limit) };
  };
  const showPhone: Cph['showPhone'] = async (wanted) =>
    phones.find(({ phone_id }) => phone_id === wanted);
  return { ...runScene({ listPhones, showPhone }), calls };
}

describe('findPhone', () => {
  it('takes an id as it is, without a call', async () => {
    const { deps, calls } = scene();
    expect(await findPhone(deps, id(7))).toBe(id(7));
    expect(calls).toEqual([]);
  });

  it('finds the phone of exactly this name among all that contain it', async () => {
    const { deps, calls } = scene([...Array.from({ length: 150 }, (_, n) => `game-${n}0`), 'game']);
    expect(await findPhone(deps, 'game')).toBe(id(150));
    expect(calls).toEqual([0, 100]);
  });

  it('finds a phone that CPH no longer has by its archives', async () => {
    const { deps, store } = scene(['other']);
    await addArchives(store, [archiveOf(id(9), T0, { phone_name: 'game' })]);
    expect(await findPhone(deps, 'game')).toBe(id(9));
  });

  it('prefers the phone of CPH to an archive of the same name', async () => {
    const { deps, store } = scene(['game']);
    await addArchives(store, [archiveOf(id(9), T0, { phone_name: 'game' })]);
    expect(await findPhone(deps, 'game')).toBe(id(0));
  });

  it('refuses a name of several phones as wrong use, and names their ids', async () => {
    const { deps } = scene(['game', 'game', 'game-2']);
    const found = findPhone(deps, 'game');
    await expect(found).rejects.toSatisfy(isWrongUse);
    await expect(found).rejects.toThrow(`${id(0)} ${id(1)}`);
  });

  it('throws not_found for a name that nobody has', async () => {
    await expect(findPhone(scene().deps, 'game')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('gives up after twenty pages of names that contain it', async () => {
    const { deps, calls } = scene(Array.from({ length: 2_100 }, (_, n) => `game-${n}`));
    await expect(findPhone(deps, 'game')).rejects.toMatchObject({ code: 'not_found' });
    expect(calls).toHaveLength(20);
  });
});

describe('findExisting', () => {
  it('returns each phone once, by id or name', async () => {
    const { deps } = scene(['a', 'b']);
    expect(await findExisting(deps, ['b', id(1), 'a', 'b'])).toEqual([id(1), id(0)]);
  });

  it('throws not_found for a phone that CPH no longer has', async () => {
    const { deps } = scene(['a']);
    const found = findExisting(deps, ['a', id(9)]);
    await expect(found).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('findExisting, for many ids', () => {
  const many = Array.from({ length: 450 }, (_, n) => `game-${n}`);

  it('reads the list once', async () => {
    const { deps, calls } = scene(many);
    let shown = 0;
    const { showPhone } = deps.cph;
    deps.cph.showPhone = (wanted) => ((shown += 1), showPhone(wanted));
    const ids = [0, 1, 2, 250, 449, 300].map(id);
    expect(await findExisting(deps, ids)).toEqual(ids);
    expect([calls, shown]).toEqual([[0, 200, 400], 0]);
    const missing = findExisting(deps, [...ids, id(9_999)]);
    await expect(missing).rejects.toThrow(`CPH has no phone ${id(9_999)}`);
  });

  it('looks up each of them when the list is longer', async () => {
    const { deps, calls } = scene(Array.from({ length: 2_000 }, (_, n) => `game-${n}`));
    const ids = [0, 1, 2, 250, 449, 300].map(id);
    expect(await findExisting(deps, ids)).toEqual(ids);
    expect(calls).toEqual([0]);
  });
});
