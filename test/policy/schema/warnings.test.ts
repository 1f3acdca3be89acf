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
    ['/data/data', '/data/data/com*', 'the data of most apps'],
    ['/data/data', '/data/data/c*', 'the data of most apps'],
    ['/data', '/data/data/com.*', 'the data of most apps'],
    ['/data/user/0', '/data/user/0/com.*', 'the data of most apps'],
  ])('says that include %s without %s loses %s', (include, exclude, words) => {
    const found = warningsOf({ 'export.include': [include], 'export.exclude': [exclude] });
    expect(found).toEqual([
      expect.stringMatching(`export.exclude\\[0\\].*${words}.* out of the backup`),
    ]);
  });

  it.each([
    ['/data', '/data/data/com.example.cache'],
    ['/data/data', '/data/media'],
    ['/data/data', '/data/data/com.example*'],
    ['/data/media/0', '/data/media/0/Download'],
  ])('says nothing about include %s without %s', (include, exclude) => {
    expect(warningsOf({ 'export.include': [include], 'export.exclude': [exclude] })).toEqual([]);
  });

  it.each([
    ['/data/app/*', 'all installed apps'],
    ['/data/local/x', '/data/local/x'],
    ['/data/local/*', '/data/local/x'],
  ])('says which of several includes %s leaves out', (exclude, words) => {
    const include = ['/data/media/0', '/data/app', '/data/local/x'];
    expect(warningsOf({ 'export.include': include, 'export.exclude': [exclude] })).toEqual([
      `export.exclude[0]: "${exclude}" leaves ${words} out of the backup`,
    ]);
  });

  it.each(['select.name', 'select.exclude.name'])('finds typographic quotes in %s', (field) => {
    expect(warningsOf({ [field]: '“game-*”' })).toEqual([
      expect.stringContaining(`${field}: “ is part of the pattern`),
    ]);
  });

  it.each([
    ['select.name', 'game\u200b-*', '\\u{200b}'],
    ['select.name', 'game\u00a0*', '\\u{a0}'],
    ['select.exclude.name', '\ufefftest-*', '\\u{feff}'],
    ['select.name', 'game-＊', '＊'],
    ['select.name', 'game-？', '？'],
    ['select.name', 'game-［1-3］', '［'],
    ['select.name', 'game\u00ad-*', '\\u{ad}'],
    ['select.name', 'game-\u{e0041}*', '\\u{e0041}'],
    ['select.name', 'game\u3164*', '\\u{3164}'],
    ['select.name', 'game\u2013*', '\u2013'],
    ['select.name', 'game-\u2217', '\u2217'],
  ])('shows in %s of %j a character that looks like another', (field, pattern, shown) => {
    const found = warningsOf({ [field]: pattern });
    expect(found).toEqual([expect.stringContaining(`${field}: ${shown} is part of the pattern`)]);
  });

  it('shows a character that looks like another in values of tags', () => {
    expect(warningsOf({ 'select.server_tags': { env: ['qa', 'prod\u200b', '“qa”'] } })).toEqual([
      expect.stringContaining('select.server_tags: \\u{200b} is part of a value'),
      expect.stringContaining('select.server_tags: “ is part of a value'),
    ]);
  });

  it('says that the sign of Etc/GMT zones is inverted', () => {
    expect(warningsOf({ 'schedule.timezone': 'Etc/GMT+8' })).toEqual([
      'schedule.timezone: Etc/GMT+8 is 8 hours behind UTC. The zone ahead of UTC is Etc/GMT-8',
    ]);
    expect(warningsOf({ 'schedule.timezone': 'Etc/GMT-8' })).toEqual([
      'schedule.timezone: Etc/GMT-8 is 8 hours ahead of UTC. The zone behind UTC is Etc/GMT+8',
    ]);
    expect(warningsOf({ 'schedule.timezone': 'Etc/GMT' })).toEqual([]);
  });
});
