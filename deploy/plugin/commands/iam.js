import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeployError } from '../errors.js';

const TEMPLATES = 'deploy/iam';

/** @typedef {{ stage: string, agency: string, bucket: string, prefix: string, archiveBuckets: string[], accountId: string }} Place */

/**
 * Returns where the documents of a stage apply. Throws a DeployError if the account's id is missing or invalid.
 * @param {{ stage: string, agency: string, executionAgency: string, userData: Record<string, string> }} desired
 * @param {{ accountId?: string, archiveBuckets?: string }} custom
 * @returns {Place}
 */
export function placeOf(
  { stage, executionAgency, userData },
  { accountId = '', archiveBuckets = '' },
) {
  if (!/^\w{1,64}$/.test(accountId)) {
    throw new DeployError(
      'no_account',
      accountId === '' ? 'the id of the account is missing' : 'the id of the account is invalid',
      {
        hint: 'export HUAWEICLOUD_SDK_DOMAIN_ID, or --param accountId=ID (console, My Credentials)',
      },
    );
  }
  const { PHONEVAULT_BUCKET: bucket = '', PHONEVAULT_PREFIX: prefix = '' } = userData;
  const archives = archiveBuckets.split(/[\s,]+/).filter((name) => name !== '');
  return {
    stage,
    agency: executionAgency,
    bucket,
    prefix: prefix.endsWith('/') ? prefix : `${prefix}/`,
    archiveBuckets: archives.length === 0 ? [bucket] : archives,
    accountId,
  };
}

/**
 * Returns a document of deploy/iam for a place. A resource of an archive bucket becomes one for each bucket.
 * @param {string} template
 * @param {Place} place
 */
export function fillIn(template, { stage, agency, bucket, prefix, archiveBuckets, accountId }) {
  const values = {
    STAGE: stage,
    AGENCY: agency,
    LEDGER_BUCKET: bucket,
    LEDGER_PREFIX: prefix,
    ACCOUNT_ID: accountId,
  };
  /** @param {string} text */
  const fill = (text) =>
    text.replaceAll(
      /[A-Z]+(?:_[A-Z]+)?/g,
      (name) => /** @type {Record<string, string>} */ (values)[name] ?? name,
    );
  const document = JSON.parse(template, (_, value) => {
    if (typeof value === 'string') return fill(value);
    if (!Array.isArray(value) || typeof value[0] !== 'string') return value;
    const each = value.flatMap((text) =>
      archiveBuckets.map((name) => text.replaceAll('ARCHIVE_BUCKET', name)),
    );
    return [...new Set(each)];
  });
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Writes the documents of deploy/iam, filled in, to `.phonevault/iam/<stage>`, and prints their paths.
 * @param {string} root
 * @param {Place} place
 * @param {(line: string) => void} print
 */
export async function writeIam(root, place, print) {
  const folder = join('.phonevault', 'iam', place.stage);
  await mkdir(join(root, folder), { recursive: true });
  const names = (await readdir(join(root, TEMPLATES))).filter((name) => name.endsWith('.json'));
  for (const name of names.sort()) {
    const template = await readFile(join(root, TEMPLATES, name), 'utf8');
    await writeFile(join(root, folder, name), fillIn(template, place));
    print(join(folder, name));
  }
}
