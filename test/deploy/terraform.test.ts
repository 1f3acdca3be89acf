import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const files = readdirSync(new URL('../../deploy/terraform/', import.meta.url)).filter((name) =>
  name.endsWith('.tf'),
);
const sources = Object.fromEntries(files.map((name) => [name, read(`deploy/terraform/${name}`)]));
const all = Object.values(sources).join('\n');
const found = (pattern: RegExp, text = all): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();

describe('the Terraform module', () => {
  it('leaves the provider to its user, and has an example that sets only variables it knows', () => {
    expect(all).not.toMatch(/^provider "/m);
    const example = read('deploy/terraform/example/main.tf');
    const block = /^module "phonevault" \{\n([^]*?)^\}/m.exec(example)?.[1] ?? '';
    const given = found(/^ {2}(\w+) +=/gm, block).filter((name) => name !== 'source');
    const declared = found(/^variable "(\w+)"/gm);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    const required = all.split(/^(?=variable ")/m).filter((text) => !/^ {2}default /m.test(text));
    const missing = found(/^variable "(\w+)"/gm, required.join('')).filter(
      (name) => !given.includes(name),
    );
    expect(missing).toEqual([]);
    expect(found(/module\.phonevault\.(\w+)/g, example).length).toBeGreaterThan(0);
    const outputs = found(/^output "(\w+)"/gm);
    expect(
      found(/module\.phonevault\.(\w+)/g, example).filter((one) => !outputs.includes(one)),
    ).toEqual([]);
  });

  it('declares exactly the variables that it uses', () => {
    const declared = found(/^variable "(\w+)"/gm);
    expect(found(/\bvar\.(\w+)/g, all.replace(/^  +condition .*$/gm, ''))).toEqual(declared);
    expect(found(/\bvar\.(\w+)/g).filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('checks the prefix and each bucket as the functions do', () => {
    const conditions = found(/^ +condition += (.+)$/gm, sources['variables.tf']).join('\n');
    expect(conditions).toContain(String.raw`!can(regex("(^|/)\\.{1,2}/", var.prefix))`);
    const oddBucket = String.raw`!can(regex("[.-][.]|[.]-|^\\d+([.]\\d+){3}$", `;
    expect(conditions.split(oddBucket)).toHaveLength(3);
  });

  it('asks for the first provider with fgs_function_trigger', () => {
    expect(sources['versions.tf']).toMatch(/huaweicloud\/huaweicloud"[^}]*version = ">= 1\.62\.1"/);
  });

  it('names everything after the stage, except what the account has once', () => {
    const resources = all.split(/^(?=resource ")/m).slice(1);
    const fixed = resources.filter((text) => {
      const name = /^\s+(?:name|alarm_name)\s+=\s(.*)$/m.exec(text)?.[1];
      return name !== undefined && !/local\.name|var\.|each\.key|every-minute/.test(name);
    });
    expect(fixed).toEqual([]);
    expect(sources['main.tf']).toContain('name      = "phonevault-${var.stage}"');
    expect(sources['alarms.tf']).toMatch(/"\$\{local\.name\}-drive-does-not-run"/);
  });

  it('sets every setting that serverless.yml sets, but for the endpoints', () => {
    const own = found(/^ +(PHONEVAULT_\w+):/gm, read('serverless.yml')).filter(
      (name) => !/_(ENDPOINT|PATH_STYLE)$/.test(name),
    );
    const set = found(/^ +(PHONEVAULT_\w+)\s+=/gm, sources['main.tf']);
    expect(own.filter((name) => !set.includes(name))).toEqual([]);
  });

  it('fills in every placeholder of the policies', () => {
    const policies = readdirSync(new URL('../../deploy/iam/', import.meta.url)).filter((name) =>
      /^(?!.*agency).*\.json$/.test(name),
    );
    for (const name of policies) {
      expect(sources['access.tf']).toContain(`"${name.replace('.json', '')}"`);
      const placeholders = found(
        /(STAGE|LEDGER_\w+|ARCHIVE_\w+|AGENCY|ACCOUNT_ID)/g,
        read(`deploy/iam/${name}`),
      );
      expect(placeholders.filter((one) => !sources['access.tf']?.includes(`"${one}"`))).toEqual([]);
    }
  });
});
