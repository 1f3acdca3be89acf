import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { policyJsonSchema } from '../../../lib/policy/schema/json-schema.ts';
import { policyWith } from '../../../scripts/docs/allowed.ts';
import { policyFields } from '../../../scripts/docs/policy-fields.ts';

type Node = {
  type?: string;
  description?: string;
  default?: unknown;
  required?: string[];
  additionalProperties?: unknown;
  properties?: Record<string, Node>;
};

const schema = policyJsonSchema() as Node;

function fields(node: Node, path = ''): [string, Node][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
    [`${path}${name}`, field] as [string, Node],
    ...fields(field, `${path}${name}.`),
  ]);
}

test('the JSON Schema describes the file as written, not the parsed policy', () => {
  const byPath = new Map(fields(schema));
  expect(schema.required).toEqual(['name', 'select', 'export']);
  expect(byPath.get('deadline')).toMatchObject({ type: 'string', default: '2h' });
  expect(byPath.get('export')?.required).toEqual(['include', 'bucket']);
  expect(byPath.get('select.max_phones')).toMatchObject({ type: 'integer', default: 5000 });
});

test('an editor shows a sentence where a pattern does not match', () => {
  const patterns = [...JSON.stringify(schema).matchAll(/"pattern":/g)];
  const sentences = [...JSON.stringify(schema).matchAll(/"patternErrorMessage":"Expected /g)];
  expect(patterns.length).toBeGreaterThan(10);
  expect(sentences).toHaveLength(patterns.length);
});

test('the JSON Schema allows no unknown field', () => {
  const objects = [schema, ...fields(schema).map(([, field]) => field)].filter(
    (field) => field.properties !== undefined,
  );
  expect(objects.every((field) => field.additionalProperties === false)).toBe(true);
});

const validate = new Ajv({
  keywords: ['patternErrorMessage'],
  strict: true,
  strictTypes: false,
  strictRequired: false,
  formats: { 'date-time': true },
}).compile(schema);

const isValid = (policy: unknown): boolean =>
  parsePolicy(JSON.stringify(policy), { fileName: 'nightly.yaml' }).ok;

describe('the JSON Schema and the parser', () => {
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
    ['export.bucket', 'my.phone.backups'],
    ['export.bucket', '1.2.3'],
    ['export.object_path', 'a/{policy}_{slot}/#=+-'],
    ['wait_for_phones', '0s'],
    ['deadline', '7d'],
    ['objective', {}],
    ['objective.max_age', '35d'],
    ['objective.phones', '100%'],
    ['objective.phones', '99.95%'],
    ['objective.phones', '1%'],
  ])('accepts %s: %j, as the parser does', (path, value) => {
    const policy = policyWith({ [path]: value });
    expect(isValid(policy)).toBe(true);
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
    ['export.bucket', 'my..bucket'],
    ['export.bucket', '192.168.1.1'],
    ['export.object_path', '/backups'],
    ['export.object_path', 'backups/'],
    ['export.object_path', '{phone}'],
    ['deadline', '1h30'],
    ['max_in_flight_per_server', 101],
    ['retry.attempts', 6],
    ['retry.times', 2],
    ['objective.max_age', '30 s'],
    ['objective.phones', '0%'],
    ['objective.phones', '101%'],
    ['objective.phones', '98'],
    ['objective.phones', 98],
    ['notify.when', 'never'],
    ['notify.language', 'de'],
    ['on_provision', true],
  ])('rejects %s: %j, as the parser does', (path, value) => {
    const policy = policyWith({ [path]: value });
    expect(validate(policy)).toBe(false);
    expect(isValid(policy)).toBe(false);
  });

  it('describes each field, with valid examples and a valid default', () => {
    const fields = policyFields();
    expect(fields.length).toBeGreaterThan(30);
    for (const { path, node } of fields) {
      expect(node.description, path).toMatch(/\.$/);
      expect(node.examples?.length, path).toBeGreaterThan(0);
      for (const example of node.examples ?? []) {
        expect(
          isValid(policyWith({ [path]: example })),
          `${path}: ${JSON.stringify(example)}`,
        ).toBe(true);
        expect(validate(policyWith({ [path]: example })), path).toBe(true);
      }
      const { default: value } = node;
      if (value !== undefined) expect(isValid(policyWith({ [path]: value })), path).toBe(true);
    }
  });
});
