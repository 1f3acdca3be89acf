import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { policyJsonSchema } from '../../lib/policy/schema/json-schema.ts';

const folder = join(import.meta.dirname, '../../examples');
const formats = { 'date-time': true } as const;
const validate = new Ajv({ formats, keywords: ['patternErrorMessage'] }).compile(
  policyJsonSchema(),
);

it.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))(
  'examples/%s is a valid policy and names its JSON Schema',
  (fileName) => {
    const text = readFileSync(join(folder, fileName), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/docs\/policy\.schema\.json\n/);
    expect(parsePolicy(text, { fileName })).toMatchObject({ ok: true });
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  },
);
