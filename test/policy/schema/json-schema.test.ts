import { expect, test } from 'vitest';
import { policyJsonSchema } from '../../../lib/policy/schema/json-schema.ts';

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

test('every field is described', () => {
  const all = fields(schema);
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(([, field]) => !field.description).map(([path]) => path)).toEqual([]);
});

test('it is the file as people write it', () => {
  const byPath = new Map(fields(schema));
  expect(schema.required).toEqual(['name', 'select', 'export']);
  expect(byPath.get('deadline')).toMatchObject({ type: 'string', default: '2h' });
  expect(byPath.get('export')?.required).toEqual(['include', 'bucket']);
  expect(byPath.get('select.max_phones')).toMatchObject({ type: 'integer', default: 5000 });
});

test('no unknown field passes', () => {
  const objects = [schema, ...fields(schema).map(([, field]) => field)].filter(
    (field) => field.properties !== undefined,
  );
  expect(objects.every((field) => field.additionalProperties === false)).toBe(true);
});
