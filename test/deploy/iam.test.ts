import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const folder = new URL('../../deploy/iam/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

// Custom policies have the syntax version 1.1.
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

  it('are all in the table of their README', () => {
    const page = read('README.md');
    expect(documents.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('grant exactly the rights that docs/deploy.md lists', () => {
    const lines = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8').split(
      '\n',
    );
    const listed = (inTable: boolean): string[] => {
      const text = lines.filter((line) => /^\s*\|/.test(line) === inTable).join('\n');
      const actions = [...text.matchAll(/`([a-z]+:[A-Za-z]+:[A-Za-z]+\*?)`/g)];
      return [...new Set(actions.map(([, action = '']) => action))].sort();
    };
    const functions = [
      'functions-project.json',
      'functions-obs.json',
      'functions-tags.json',
    ].flatMap(actionsOf);
    expect(listed(true)).toEqual([...new Set(functions)].sort());
    // The text lists the rights of CPH in buckets, and those of the deploying user at CTS.
    expect(listed(false).filter((action) => action.startsWith('obs:'))).toEqual(
      actionsOf('cph-obs.json').sort(),
    );
  });

  it('let the functions write below the prefix of the ledger only', () => {
    const { Statement } = policySchema.parse(JSON.parse(read('functions-obs.json')));
    const writes = Statement.filter(({ Action }) => Action.includes('obs:object:PutObject'));
    expect(writes.flatMap(({ Resource }) => Resource)).toEqual([
      'OBS:*:*:object:LEDGER_BUCKET/LEDGER_PREFIX*',
    ]);
  });
});
