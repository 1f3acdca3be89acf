import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { policyWith } from '../../scripts/docs/allowed.ts';
import { policyFields } from '../../scripts/docs/policy-fields.ts';
import { root } from './pages.ts';

const schema = JSON.parse(readFileSync(join(root, 'docs/policy.schema.json'), 'utf8')) as Record<
  string,
  unknown
>;

const validate = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  formats: { 'date-time': true },
}).compile(schema);

const takes = (policy: unknown): boolean =>
  parsePolicy(JSON.stringify(policy), { fileName: 'nightly.yaml' }).ok;

describe('the JSON Schema of a policy', () => {
  it.each(readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yaml')))(
    'takes examples/%s, which names it',
    (file) => {
      const text = readFileSync(join(root, 'examples', file), 'utf8');
      const first = '# yaml-language-server: $schema=../docs/policy.schema.json\n';
      expect(text.startsWith(first)).toBe(true);
      expect(parsePolicy(text, { fileName: file })).toMatchObject({ ok: true });
      expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
    },
  );

  it.each([
    ['paused_until', '2026-01-31T08:00:00.123Z'],
    ['schedule.cron', ' 0  0 3 ? Jan,Mar Mon-Fri '],
    ['schedule.timezone', 'America/Argentina/Buenos_Aires'],
    ['schedule.timezone', 'Etc/GMT+8'],
    ['schedule.start_within', '1d2h3m4s'],
    ['select.name', '[!a-z]*[*]?'],
    ['select.server_tags', { 环境: ['生产', ''], 'a b.c:d=e+f-@': [] }],
    ['export.include', ['/data', '/cache', '/data/app*', '/cache/*', '/data/a_b+c#d=e-f.g']],
    ['export.exclude', []],
    ['export.object_path', 'a/{policy}_{slot}/#=+-'],
    ['wait_for_phones', '0s'],
    ['deadline', '7d'],
  ])('takes %s: %j, as Phonevault does', (path, value) => {
    const policy = policyWith(path, value);
    expect(takes(policy)).toBe(true);
    expect(validate(policy), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each([
    ['name', 'Nightly'],
    ['name', 'a'.repeat(33)],
    ['enabled', 'yes'],
    ['paused_until', '2026-01-31'],
    ['paused_until', '2026-01-31T08:00:00'],
    ['schedule.cron', '30 2 * * *'],
    ['schedule.cron', '@daily'],
    ['schedule.timezone', '+08:00'],
    ['schedule.zone', 'UTC'],
    ['schedule.start_within', '2 hours'],
    ['schedule.start_within', ''],
    ['schedule.start_within', 90],
    ['select', {}],
    ['select', { exclude: { name: 'x' } }],
    ['select.name', ''],
    ['select.phones', []],
    ['select.phones', ['a', 'a']],
    ['select.phones', [12]],
    ['select.server_tags', {}],
    ['select.server_tags', { env: 'prod' }],
    ['select.max_phones', 0],
    ['select.max_phones', 1.5],
    ['export.include', []],
    ['export.include', ['/sdcard']],
    ['export.include', ['/database']],
    ['export.include', ['/data*']],
    ['export.include', ['/data/*/cache']],
    ['export.include', ['/data/app/~~x==']],
    ['export.bucket', 'my.bucket'],
    ['export.object_path', '/backups'],
    ['export.object_path', 'backups/'],
    ['export.object_path', '{phone}'],
    ['deadline', '1h30'],
    ['max_in_flight_per_server', 101],
    ['retry.attempts', 6],
    ['retry.times', 2],
    ['notify.when', 'never'],
    ['notify.language', 'de'],
    ['on_provision', true],
  ])('refuses %s: %j, as Phonevault does', (path, value) => {
    const policy = policyWith(path, value);
    expect(validate(policy)).toBe(false);
    expect(takes(policy)).toBe(false);
  });

  it('tells of every field what it means, and shows a value that is taken', () => {
    const fields = policyFields();
    expect(fields.length).toBeGreaterThan(30);
    for (const { path, node } of fields) {
      expect(node.description, path).toMatch(/\.$/);
      expect(node.examples?.length, path).toBeGreaterThan(0);
      for (const example of node.examples ?? []) {
        expect(takes(policyWith(path, example)), `${path}: ${JSON.stringify(example)}`).toBe(true);
        expect(validate(policyWith(path, example)), path).toBe(true);
      }
      const { default: value } = node;
      if (value !== undefined) expect(takes(policyWith(path, value)), path).toBe(true);
    }
  });
});
