import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWrongUse } from '../../../cli/program/command.ts';
import { orderOf, type RestoreOptions } from '../../../cli/restore/order-of.ts';
import { runScene } from '../../support/run-scene.ts';
import { phone } from '../../support/fleet.ts';
import { fakeIo } from '../support/fake-io.ts';

const RUN = 'nightly-20260102t023000z';
const idOf: Record<string, string> = { a: 'a'.repeat(32), b: 'b'.repeat(32), c: 'c'.repeat(32) };

function scene() {
  const names: string[] = [];
  const { deps } = runScene({
    listPhones: async ({ name = '' }) => {
      names.push(name);
      return { count: 1, phones: [phone(idOf[name] ?? '', { phone_name: name })] };
    },
  });
  const { io } = fakeIo();
  const order = (phones: string[], options: RestoreOptions = {}) =>
    orderOf(io, deps, phones, options);
  return { io, names, order };
}

describe('orderOf', () => {
  it('restores phones from their own archives, with an export before and a restart after', async () => {
    expect(await scene().order(['a', 'b'])).toEqual({
      targets: [{ phone: idOf.a }, { phone: idOf.b }],
      ...{ safety_export: true, restart: true },
    });
  });

  it('restores one phone to another', async () => {
    const { targets } = await scene().order(['a'], { to: 'b' });
    expect(targets).toEqual([{ phone: idOf.b, source: idOf.a }]);
  });

  it('restores pairs of a file, and looks each name up once', async () => {
    const { io, names, order } = scene();
    io.cwd = await mkdtemp(join(tmpdir(), 'order-of-'));
    await writeFile(join(io.cwd, 'map.csv'), 'source,target\na,b\na,c\nc,c\n');
    expect((await order([], { map: 'map.csv' })).targets).toEqual([
      { phone: idOf.b, source: idOf.a },
      { phone: idOf.c, source: idOf.a },
      { phone: idOf.c },
    ]);
    expect(names.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('carries all options of the command', async () => {
    const options = { run: RUN, failedOnly: true, at: '2026-01-02', policy: 'nightly', first: 3 };
    const how = { safetyExport: false, restart: false, resetFirst: true };
    expect(await scene().order([], { ...options, ...how })).toEqual({
      ...{ run: RUN, failed_only: true, at: '2026-01-02', policy: 'nightly', first: 3 },
      ...{ safety_export: false, restart: false, reset_first: true },
    });
  });

  it.each<[string, string[], RestoreOptions]>([
    ['nothing to restore', [], {}],
    ['--failed-only without --run', ['a'], { failedOnly: true }],
    ['--to with several phones', ['a', 'b'], { to: 'c' }],
    ['--to without a phone', [], { to: 'c', run: RUN }],
    ['--map with phones', ['a'], { map: 'map.csv' }],
    ['--map with --to', [], { map: 'map.csv', to: 'c' }],
  ])('refuses %s as wrong use, before any call', async (_, phones, options) => {
    const { names, order } = scene();
    await expect(order(phones, options)).rejects.toSatisfy(isWrongUse);
    expect(names).toEqual([]);
  });

  it('names the field of an invalid order', async () => {
    const order = scene().order(['a'], { at: 'yesterday' });
    await expect(order).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringMatching(/^at: /) as string,
    });
  });
});
