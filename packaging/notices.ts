import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowed } from './licences.ts';

type Licensed = { name: string; version: string; licence: string; text: string };

const RULE = '-'.repeat(80);

/**
 * Returns the licence texts of all packages that contain `files` (absolute paths). Packages with the same text stand
 * together. Throws if a package has no licence, a licence that must not be shipped, or one whose text is in no package.
 */
export async function licencesText(files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  const packages = await Promise.all([...folders].sort().map(readLicence));
  const withText = new Set(packages.flatMap(({ licence, text }) => (text === '' ? [] : licence)));
  const groups = new Map<string, Licensed[]>();
  for (const one of packages) {
    const text = one.text || reference(one, withText);
    groups.set(text, [...(groups.get(text) ?? []), one]);
  }
  const sections = [...groups].map(([text, members]) => {
    const names = members.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return [...new Set(names), '', text].join('\n');
  });
  const about = 'The files in this folder contain code of the following packages.';
  return `${[about, ...sections].join(`\n\n${RULE}\n\n`)}\n`;
}

function reference({ name, version, licence }: Licensed, withText: ReadonlySet<string>): string {
  if (!withText.has(licence)) throw new Error(`${name} ${version} contains no text of ${licence}`);
  return `The package contains no licence text: see ${licence} above or below.`;
}

/** Returns the folder of the package that a file belongs to, or undefined for a file of this project. */
function packageFolder(file: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];
}

async function readLicence(folder: string): Promise<Licensed> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string };
  if (license === undefined) throw new Error(`${name} ${version} has no licence`);
  if (!isAllowed(license, 'shipped')) {
    throw new Error(`${name} ${version} has the licence ${license}, which must not be shipped`);
  }
  const found = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)/i.test(file),
  );
  const texts = await Promise.all(found.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts.map((one) => one.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { name, version, licence: license, text };
}
