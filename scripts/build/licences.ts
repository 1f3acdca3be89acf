import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAllowed } from '../audit/licences.ts';

type Licensed = { name: string; version: string; licence: string; text: string };

const RULE = '-'.repeat(80);

/**
 * The licences of all packages that `files` (absolute paths) come from, packages with the same text together. Throws for
 * a package that names no licence, one that may not be shipped, or one that has no text anywhere.
 */
export async function licencesText(files: readonly string[]): Promise<string> {
  const folders = new Set(files.flatMap((file) => packageFolder(file) ?? []));
  const packages = await Promise.all([...folders].sort().map(readLicence));
  const told = new Set(packages.flatMap(({ licence, text }) => (text === '' ? [] : licence)));
  const groups = new Map<string, Licensed[]>();
  for (const one of packages) {
    const text = one.text || reference(one, told);
    groups.set(text, [...(groups.get(text) ?? []), one]);
  }
  const sections = [...groups].map(([text, members]) => {
    const names = members.map(({ name, version, licence }) => `${name} ${version} (${licence})`);
    return [...new Set(names), '', text].join('\n');
  });
  const about = 'The files beside this one contain code of the following packages.';
  return `${[about, ...sections].join(`\n\n${RULE}\n\n`)}\n`;
}

function reference({ name, version, licence }: Licensed, told: ReadonlySet<string>): string {
  if (!told.has(licence)) throw new Error(`${name} ${version} brings no text of ${licence}`);
  return `No text of its own: ${licence} as above or below.`;
}

/** The folder of the package that a file belongs to; undefined for a file of this project. */
function packageFolder(file: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0];
}

async function readLicence(folder: string): Promise<Licensed> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string };
  if (license === undefined) throw new Error(`${name} ${version} names no licence`);
  if (!isAllowed(license, 'shipped')) {
    throw new Error(`${name} ${version} is under ${license}: it may not be shipped`);
  }
  const found = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice)/i.test(file),
  );
  const texts = await Promise.all(found.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts.map((one) => one.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { name, version, licence: license, text };
}
