import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'oxfmt';

// npm run zones [FILE]: writes the list of time zones from the compact form of the IANA database, which is in the public
// domain. Needed when the database has new zones.

const [source = '/usr/share/zoneinfo/tzdata.zi'] = process.argv.slice(2);
const text = await readFile(source, 'utf8');
const version = /^# version (\S+)/.exec(text)?.[1] ?? 'unknown';
const names = text.split('\n').flatMap((line) => {
  const [kind, first, second] = line.split(' ');
  return (kind === 'Z' ? first : kind === 'L' ? second : undefined) ?? [];
});
const areas = new Map<string, string[]>();
for (const name of names.filter((one) => one !== 'Factory').sort()) {
  const slash = name.indexOf('/');
  const area = name.slice(0, Math.max(0, slash));
  areas.set(area, [...(areas.get(area) ?? []), name.slice(slash + 1)]);
}
const entries = [...areas].sort().map(([area, places]) => `'${area}': '${places.join(' ')}',`);
const code = `// Written by \`npm run zones\` from version ${version} of the IANA time zone database, backward links included.

/** The names of all time zones by area; '' for names without one. */
const AREAS: Readonly<Record<string, string>> = {
${entries.join('\n')}
};

/** The names of the IANA time zone database. */
export const ZONE_NAMES: ReadonlySet<string> = new Set(
  Object.entries(AREAS).flatMap(([area, places]) =>
    places.split(' ').map((place) => (area === '' ? place : \`\${area}/\${place}\`)),
  ),
);
`;
const target = join(import.meta.dirname, '../lib/policy/slots/zone-names.ts');
const formatted = await format(target, code, { singleQuote: true, printWidth: 100 });
await writeFile(target, formatted.code);
