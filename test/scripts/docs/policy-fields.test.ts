import { describe, expect, it } from 'vitest';
import { policyFields, typeOf } from '../../../scripts/docs/policy-fields.ts';

describe('policyFields', () => {
  const fields = new Map(policyFields().map((field) => [field.path, field]));

  it('lists each field once, a parent before its children', () => {
    const paths = policyFields().map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths.filter((one) => one.includes('.'))) {
      const parent = path.slice(0, path.lastIndexOf('.'));
      expect(paths.indexOf(parent)).toBeLessThan(paths.indexOf(path));
    }
  });

  it('says which fields a policy must have', () => {
    expect(fields.get('name')?.required).toBe(true);
    expect(fields.get('export.bucket')?.required).toBe(true);
    expect(fields.get('deadline')?.required).toBe(false);
  });

  it.each([
    ['deadline', 'duration'],
    ['enabled', 'boolean'],
    ['retry.attempts', 'integer'],
    ['export.include', 'list'],
    ['select.server_tags', 'mapping of lists'],
    ['select', 'mapping'],
    ['notify.when', 'string'],
    ['paused_until', 'date and time'],
  ])('names the type of %s as %s', (path, type) => {
    expect(typeOf(fields.get(path)?.node ?? {})).toBe(type);
  });
});
