import { describe, expect, it } from 'vitest';
import { auditLock } from '../../packaging/lock.ts';

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
  it('finds no problem in a lock file that pins everything, and lists the licences', () => {
    const nested = { 'node_modules/two': undefined, 'node_modules/one/node_modules/two': two };
    const { problems, licences, packages } = auditLock(manifest, lockOf());
    expect([problems, packages]).toEqual([[], 2]);
    expect([...licences]).toEqual([
      ['MIT', ['one 1.2.3']],
      ['ISC', ['two 2.5.0']],
    ]);
    expect(auditLock(manifest, lockOf(nested)).problems).toEqual([]);
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
      'a host that starts like the registry',
      { resolved: 'https://registry.npmjs.org.evil.com/two.tgz' },
      /comes from/,
    ],
    ['plain http', { resolved: 'http://registry.npmjs.org/two/-/two-2.5.0.tgz' }, /comes from/],
    ['a file', { resolved: 'file:../two' }, /comes from file/],
    ['a link', { link: true }, /is a link/],
    ['a version range', { version: '^2.5.0' }, /has the version/],
    ['no licence', { license: undefined }, /has no licence/],
    ['a licence that is not allowed', { license: 'AGPL-3.0-only' }, /has the licence AGPL/],
    ['an install script without a decision', { hasInstallScript: true }, /has an install script/],
  ])('reports a package with %s', (_what, change, problem) => {
    const { problems } = auditLock(manifest, lockOf({ 'node_modules/two': { ...two, ...change } }));
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).toContain('node_modules/two');
  });

  it.each<[string, object, object, RegExp]>([
    [
      'a package that only one of the files contains',
      { devDependencies: {} },
      lockOf(),
      /one: .* nothing/,
    ],
    [
      'versions that differ',
      manifest,
      lockOf({}, { devDependencies: { one: '1.2.4' } }),
      /requires 1.2.3, package-lock.json 1.2.4/,
    ],
    [
      'a locked version that is not the required one',
      manifest,
      lockOf({ 'node_modules/one': { ...one, version: '1.2.4' } }),
      /requires 1.2.3, the lock file contains 1.2.4/,
    ],
    [
      'a version range',
      { ...manifest, devDependencies: { one: '^1.2.3' } },
      lockOf({}, { devDependencies: { one: '^1.2.3' } }),
      /not an exact version/,
    ],
    ['a missing package', manifest, lockOf({ 'node_modules/two': undefined }), /two is not/],
  ])('reports %s', (_what, ours, lock, problem) => {
    const { problems } = auditLock({ ...manifest, ...ours }, lock);
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  it('accepts an install script that package.json allows or denies', () => {
    const lock = lockOf({ 'node_modules/two': { ...two, hasInstallScript: true } });
    for (const decision of [true, false]) {
      const decided = { ...manifest, allowScripts: { two: decision } };
      expect(auditLock(decided, lock).problems).toEqual([]);
    }
  });

  it('accepts a package under an alias', () => {
    const dependencies = { devDependencies: { one: 'npm:other@1.2.3' } };
    expect(auditLock({ ...manifest, ...dependencies }, lockOf({}, dependencies)).problems).toEqual(
      [],
    );
  });

  it('throws if the file is not a lock file', () => {
    expect(() => auditLock(manifest, { lockfileVersion: 1 })).toThrow();
  });
});
