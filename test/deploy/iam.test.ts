import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const folder = new URL('../../deploy/iam/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

// Custom policies, version 1.1 of their syntax.
const policySchema = z.strictObject({
  Version: z.literal('1.1'),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.array(z.string().regex(/^[a-z]+:[A-Za-z]+:[A-Za-z]+\*?$/)).min(1),
      Resource: z.array(z.string()).optional(),
    }),
  ),
});
const agencySchema = z.strictObject({
  agency: z.strictObject({
    name: z.string().min(1).max(64),
    domain_id: z.literal('ACCOUNT_ID'),
    trust_domain_name: z.string().regex(/^op_svc_[a-z]+$/),
    duration: z.literal('FOREVER'),
    description: z
      .string()
      .max(255)
      .regex(/^[^@#$%^&*<>\\]*$/),
  }),
});

const documents = readdirSync(folder).filter((name) => name.endsWith('.json'));
const policies = documents.filter((name) => !name.endsWith('-agency.json'));
const actionsOf = (name: string): string[] =>
  policySchema.parse(JSON.parse(read(name))).Statement.flatMap(({ Action }) => Action);

describe('the documents of deploy/iam', () => {
  it.each(policies)('%s is a policy', (name) => {
    expect(actionsOf(name).length).toBeGreaterThan(0);
  });

  it.each(documents.filter((name) => name.endsWith('-agency.json')))('%s is an agency', (name) => {
    expect(agencySchema.parse(JSON.parse(read(name))).agency.trust_domain_name).not.toBe('');
  });

  it('are all in the table of their page', () => {
    const page = read('README.md');
    expect(documents.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('grant what the page on deploying lists, and nothing else', () => {
    const page = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
    const [, table = '', cph = ''] =
      /(\| CPH \|[\s\S]*?)\n\n[\s\S]*?CPH's own right to write([\s\S]*?)\n\n/.exec(page) ?? [];
    const listed = (text: string): string[] =>
      [...text.matchAll(/`([a-z]+:[A-Za-z]+:[A-Za-z]+\*?)`/g)].map(([, action = '']) => action);
    const functions = ['functions-project.json', 'functions-obs.json'].flatMap(actionsOf);
    expect([...new Set(listed(table))].sort()).toEqual([...new Set(functions)].sort());
    expect([...new Set(listed(cph))].sort()).toEqual(actionsOf('cph-obs.json').sort());
  });

  it('let the functions write nowhere but below the prefix of the ledger', () => {
    const { Statement } = policySchema.parse(JSON.parse(read('functions-obs.json')));
    const writes = Statement.filter(({ Action }) => Action.includes('obs:object:PutObject'));
    expect(writes.flatMap(({ Resource }) => Resource)).toEqual([
      'OBS:*:*:object:LEDGER_BUCKET/phonevault/*',
    ]);
  });
});
