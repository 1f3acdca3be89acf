import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../scripts/audit/licences.ts';
import { auditLock } from '../../scripts/audit/lock.ts';

const SHA512 = `sha512-${'a'.repeat(86)}==`;
const manifest = { name: 'x', version: '1.0.0', devDependencies: { one: '1.2.3' } };
const one = {
  version: '1.2.3',
  integrity: SHA512,
  license: 'MIT',
  dependencies: { two: '^2.0.0' },
};
const two = { version: '2.5.0', integrity: SHA512, license: 'ISC' };

function lockOf(changes: Record<string, object | undefined> = {}, root: object = {}) {
  const packages = {
    '': { ...manifest, ...root },
    'node_modules/one': one,
    'node_modules/two': two,
    ...changes,
  };
  const kept = Object.entries(packages).filter(([, entry]) => entry !== undefined);
  return {
    name: 'x',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: Object.fromEntries(kept),
  };
}

describe('auditLock', () => {
  it('finds nothing wrong with a lock file that pins everything, and lists the licences', () => {
    const nested = { 'node_modules/two': undefined, 'node_modules/one/node_modules/two': two };
    const { faults, licences, packages } = auditLock(manifest, lockOf());
    expect([faults, packages]).toEqual([[], 2]);
    expect([...licences]).toEqual([
      ['MIT', ['one 1.2.3']],
      ['ISC', ['two 2.5.0']],
    ]);
    expect(auditLock(manifest, lockOf(nested)).faults).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    ['no digest', { integrity: undefined }, /no SHA-512/],
    [
      'a weak digest',
      { integrity: 'sha1-0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33=' },
      /no SHA-512/,
    ],
    ['two digests, one weak', { integrity: `${SHA512} sha1-x` }, /no SHA-512/],
    ['a git address', { resolved: 'git+ssh://git@github.com/a/b.git#abc' }, /comes from git/],
    ['another host', { resolved: 'https://example.com/two-2.5.0.tgz' }, /comes from/],
    [
      "a host that begins like the registry's",
      { resolved: 'https://registry.npmjs.org.evil.com/two.tgz' },
      /comes from/,
    ],
    ['plain http', { resolved: 'http://registry.npmjs.org/two/-/two-2.5.0.tgz' }, /comes from/],
    ['a file', { resolved: 'file:../two' }, /comes from file/],
    ['a link', { link: true }, /is a link/],
    ['a range for a version', { version: '^2.5.0' }, /has the version/],
    ['no licence', { license: undefined }, /names no licence/],
    ['a licence that is not allowed', { license: 'AGPL-3.0-only' }, /is under AGPL/],
    ['a script of its own', { hasInstallScript: true }, /runs a script/],
  ])('finds a package with %s', (_what, change, fault) => {
    const { faults } = auditLock(manifest, lockOf({ 'node_modules/two': { ...two, ...change } }));
    expect(faults).toEqual([expect.stringMatching(fault)]);
    expect(faults[0]).toContain('node_modules/two');
  });

  it.each<[string, object, object, RegExp]>([
    ['a package that only one of them knows', { devDependencies: {} }, lockOf(), /one: .* nothing/],
    [
      'other versions',
      manifest,
      lockOf({}, { devDependencies: { one: '1.2.4' } }),
      /says 1.2.3, package-lock.json 1.2.4/,
    ],
    [
      'another version in place of that which is asked for',
      manifest,
      lockOf({ 'node_modules/one': { ...one, version: '1.2.4' } }),
      /1.2.3 is asked for, 1.2.4 is locked/,
    ],
    [
      'a range',
      { ...manifest, devDependencies: { one: '^1.2.3' } },
      lockOf({}, { devDependencies: { one: '^1.2.3' } }),
      /no exact version/,
    ],
    [
      'a package that is missing',
      manifest,
      lockOf({ 'node_modules/two': undefined }),
      /two is not/,
    ],
  ])('finds %s', (_what, ours, lock, fault) => {
    const { faults } = auditLock({ ...manifest, ...ours }, lock);
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });

  it('takes a package under another name', () => {
    const asked = { devDependencies: { one: 'npm:other@1.2.3' } };
    expect(auditLock({ ...manifest, ...asked }, lockOf({}, asked)).faults).toEqual([]);
  });

  it('refuses what is no lock file', () => {
    expect(() => auditLock(manifest, { lockfileVersion: 1 })).toThrow();
  });
});

describe('isAllowed', () => {
  it.each([
    ['MIT', true, true],
    ['(MIT OR GPL-2.0-only)', true, true],
    ['MIT AND ISC', true, true],
    ['MPL-2.0', false, true],
    ['(MPL-2.0 AND MIT)', false, true],
    ['GPL-3.0-or-later', false, false],
    ['MIT AND GPL-2.0-only', false, false],
    ['SEE LICENSE IN LICENSE.txt', false, false],
    ['UNLICENSED', false, false],
    ['', false, false],
  ])('%s: shipped %s, tools %s', (licence, shipped, tools) => {
    expect([isAllowed(licence, 'shipped'), isAllowed(licence, 'tools')]).toEqual([shipped, tools]);
  });
});
