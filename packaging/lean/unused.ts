import { readFile } from 'node:fs/promises';

/**
 * Returns an ES module with the exports of the file, each of which throws when it is called. Throws if it exports nothing by
 * name.
 */
export async function withoutContents(path: string): Promise<string> {
  const names = exportsOf(await readFile(path, 'utf8'));
  if (names.length === 0) throw new Error(`${path} exports nothing by name`);
  return [
    "const unused = () => { throw new Error('this function is not bundled'); };",
    ...names.map((name) => `export const ${name} = unused;`),
  ].join('\n');
}

/** Returns the names that an ES module exports. */
function exportsOf(source: string): string[] {
  const declared = source.matchAll(/^export (?:const|var|class|(?:async )?function) (\w+)/gm);
  const listed = source.matchAll(/^export \{([^}]*)\}/gm);
  return [
    ...[...declared].map(([, name = '']) => name),
    ...[...listed].flatMap(([, list = '']) =>
      list.split(',').flatMap((one) => /(\w+)\s*$/.exec(one)?.[1] ?? []),
    ),
  ];
}
