import { describe, expect, it } from 'vitest';
import { generateFiles } from '../../../../local/cph/archive/phone-files.ts';

const at = (options: Partial<Parameters<typeof generateFiles>[0]> = {}) =>
  generateFiles({
    ...{ seed: 1, phoneId: 'p1', generation: 1, imageVersion: 'AOSP 11.0', style: 'rich' },
    ...options,
  });
const sizeOf = (files: ReturnType<typeof at>) =>
  [...files.values()].reduce((sum, data) => sum + data.byteLength, 0);

describe('generateFiles', () => {
  it('depends only on seed, phone and generation', () => {
    expect(at()).toEqual(at());
    for (const other of [{ seed: 2 }, { phoneId: 'p2' }, { generation: 2 }]) {
      expect(at(other)).not.toEqual(at());
    }
  });

  it('contains names that are hard for a tar', () => {
    const paths = [...at().keys()];
    const names = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
    expect(paths.some((path) => path.length > 120)).toBe(true);
    expect(names.some((name) => name.length > 100)).toBe(true);
    expect(paths.some((path) => /[^\x20-\x7e]/.test(path))).toBe(true);
    expect(paths.some((path) => path.startsWith('/data/app/~~'))).toBe(true);
    expect([...at().values()].some((data) => data.byteLength === 0)).toBe(true);
  });

  it('leaves a fresh system after a reset', () => {
    for (const style of ['rich', 'tiny'] as const) {
      const fresh = at({ style, generation: 2 });
      expect(fresh.size).toBeLessThan(4);
      expect([...fresh.keys()].some((path) => path.includes('example'))).toBe(false);
      expect(sizeOf(fresh)).toBeLessThan(200);
    }
  });

  it('has the app folders of its Android version', () => {
    const apps = (imageVersion: string) =>
      [...at({ imageVersion }).keys()].filter((path) => path.startsWith('/data/app/'));
    for (const old of ['AOSP 7.0', 'AOSP 9.0']) {
      expect(apps(old).length).toBeGreaterThan(0);
      expect(apps(old).every((path) => /^\/data\/app\/[\w.]+-1\//.test(path))).toBe(true);
    }
    expect(apps('AOSP 11.0').every((path) => path.startsWith('/data/app/~~'))).toBe(true);
  });

  it('keeps rich and tiny phones small', () => {
    expect(sizeOf(at())).toBeLessThan(150_000);
    expect(sizeOf(at({ style: 'tiny' }))).toBeLessThan(1_000);
  });
});
