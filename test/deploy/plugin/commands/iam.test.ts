import { mkdtempSync, readdirSync, readFileSync, rmSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fillIn, placeOf, writeIam } from '../../../../deploy/plugin/commands/iam.js';
import { desired } from '../serverless-yml.ts';

const ACCOUNT = '0123456789abcdef0123456789abcdef';
const functionOf = (stage: string, prefix: string) => {
  const { executionAgency, agency } = desired();
  const userData = { PHONEVAULT_BUCKET: 'vault', PHONEVAULT_PREFIX: prefix };
  return { stage, agency, executionAgency, userData };
};
const place = (stage = 'prod', prefix = 'phonevault/', archiveBuckets = '') =>
  placeOf(functionOf(stage, prefix), { accountId: ACCOUNT, archiveBuckets });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes the documents of a stage to a new folder, and returns them by name. */
async function written(...given: Parameters<typeof place>) {
  const root = mkdtempSync(join(tmpdir(), 'phonevault-'));
  folders.push(root);
  cpSync(new URL('../../../../deploy/iam', import.meta.url), join(root, 'deploy/iam'), {
    recursive: true,
  });
  const lines: string[] = [];
  await writeIam(root, place(...given), (line) => lines.push(line));
  const folder = join(root, '.phonevault/iam', given[0] ?? 'prod');
  expect(lines.map((line) => join(root, line))).toEqual(
    readdirSync(folder).map((name) => join(folder, name)),
  );
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** What a document allows: each resource, or `*`. */
const resourcesOf = (document = ''): string[] =>
  (JSON.parse(document) as { Statement: { Resource?: string[] }[] }).Statement.flatMap(
    ({ Resource }) => Resource ?? ['*'],
  );

describe('npx serverless iam', () => {
  it('leaves no placeholder', async () => {
    for (const text of Object.values(await written())) {
      expect(text).not.toMatch(/STAGE|AGENCY|ACCOUNT_ID|LEDGER|ARCHIVE_BUCKET/);
      expect(JSON.parse(text)).toBeTypeOf('object');
    }
  });

  it('lets the functions of a stage write below its own prefix only', async () => {
    const prod = await written('prod', 'phonevault/');
    const test = await written('test', 'teams/test/vault/');
    expect(resourcesOf(prod['functions-obs.json'])).toContain('OBS:*:*:object:vault/phonevault/*');
    expect(resourcesOf(test['functions-obs.json'])).toContain(
      'OBS:*:*:object:vault/teams/test/vault/*',
    );
    expect(test['functions-obs.json']).not.toContain('vault/phonevault/');
    expect(resourcesOf(test['functions-project.json'])).toContain(
      'FUNCTIONGRAPH:*:*:function:default/phonevault-test-drive*',
    );
  });

  it('names every archive bucket, each once', async () => {
    const { 'functions-obs.json': own, 'cph-obs.json': cph } = await written(
      'prod',
      'pv/',
      'vault, phones.cold',
    );
    expect(resourcesOf(own).filter((one) => one.includes('bucket:'))).toEqual([
      ...['OBS:*:*:bucket:vault', 'OBS:*:*:bucket:phones.cold'],
      ...['OBS:*:*:bucket:vault', 'OBS:*:*:bucket:phones.cold'],
    ]);
    expect(resourcesOf(cph)).toContain('OBS:*:*:object:phones.cold/*');
  });

  it('takes the bucket of the ledger for archives unless others are named', () => {
    expect(place().archiveBuckets).toEqual(['vault']);
  });

  it('ends a prefix with a slash, as the functions do', () => {
    expect(place('prod', 'backups').prefix).toBe('backups/');
  });

  it.each(['', 'a b', '../x'])('refuses the account id "%s"', (accountId) => {
    expect(() => placeOf(functionOf('prod', 'pv/'), { accountId })).toThrow(/id of the account/);
  });

  it('does not take a part of a name for a placeholder', () => {
    const text = JSON.stringify({ agency: { description: 'The AGENCY of MY_STAGE' } });
    expect(fillIn(text, place())).toContain('The phonevault of MY_STAGE');
  });
});
