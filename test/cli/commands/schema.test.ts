import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { fakeIo } from '../support/fake-io.ts';

it('prints a schema that has a name of its own and knows a policy from a typo', async () => {
  const { code, out } = await fakeIo().run('schema');
  expect(code).toBe(0);
  const schema = JSON.parse(out) as { $id: string };
  expect(new URL(schema.$id).protocol).toBe('https:');
  const validate = new Ajv({ formats: { 'date-time': true }, strict: false }).compile(schema);
  const policy = 'name: a\nselect: { name: "*" }\nexport: { include: [/data], bucket: abc }\n';
  expect(validate(parse(policy))).toBe(true);
  expect(validate(parse(`${policy}shedule: {}\n`))).toBe(false);
});
