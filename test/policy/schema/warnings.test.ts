import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { policyWarnings } from '../../../lib/policy/schema/warnings.ts';
import { policyWith } from '../../../scripts/docs/allowed.ts';

const NOW = Date.UTC(2026, 0, 1);

function warningsOf(values: Record<string, unknown>): string[] {
  const parsed = parsePolicy(JSON.stringify(policyWith(values)), { fileName: 'nightly.yaml' });
  return parsed.ok ? policyWarnings(parsed.policy, NOW) : ['invalid'];
}

describe('policyWarnings', () => {
  it.each([
    ['/data', '/data/data', 'the data of all apps'],
    ['/data', '/data/data/*', 'the data of all apps'],
    ['/data', '/data/data/', 'the data of all apps'],
    ['/data', '/data/d*', 'the data of all apps'],
    ['/data', '/data/media', 'photos'],
    ['/data/media', '/data/media/0', 'photos'],
  ])('says that include %s without %s loses %s', (include, exclude, words) => {
    const found = warningsOf({ 'export.include': [include], 'export.exclude': [exclude] });
    expect(found).toEqual([
      expect.stringMatching(`export.exclude\\[0\\].*${words}.* out of the backup`),
    ]);
  });

  it.each([
    ['/data', '/data/data/com.example.cache'],
    ['/data/data', '/data/media'],
    ['/data/media/0', '/data/media/0/Download'],
  ])('says nothing about include %s without %s', (include, exclude) => {
    expect(warningsOf({ 'export.include': [include], 'export.exclude': [exclude] })).toEqual([]);
  });

  it.each(['select.name', 'select.exclude.name'])('finds typographic quotes in %s', (field) => {
    expect(warningsOf({ [field]: '“game-*”' })).toEqual([
      expect.stringContaining(`${field}: “ is part of the pattern`),
    ]);
  });
});
