import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { layout } from '../../lib/ledger/store/layout.ts';
import { eventSchema } from '../../lib/ledger/run/events.ts';
import { shapes } from '../../scripts/docs/shape-tables.ts';
import { readPage, root } from './pages.ts';

const page = readPage('docs/formats.md').text;

/** The fields of schemas in the source of the ledger. */
function ledgerFields(): string[] {
  const folder = join(root, 'lib/ledger');
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  return [...text.matchAll(/\b(\w+): z\s*\.(?!infer)/g)].map(([, field = '']) => field);
}

it('names every field of the ledger', () => {
  const fields = new Set(ledgerFields());
  expect(fields.size).toBeGreaterThan(60);
  const told = (field: string) => page.includes(`\`${field}`) || page.includes(`"${field}"`);
  const missing = [...fields].filter((field) => !told(field) && !page.includes(`.${field}\``));
  expect(missing).toEqual([]);
});

it('names every type of event', () => {
  for (const { shape } of eventSchema.options) expect(page).toContain(`\`${shape.type.value}\``);
});

it('names every place of the ledger', () => {
  const folders = Object.entries(layout).map(([name, place]) => {
    const key = typeof place === 'string' ? place : place('x' as never, 'y' as never, 0);
    return [name, key.split('/').slice(0, 2).join('/')] as const;
  });
  const missing = folders.filter(([, key]) => {
    const [folder = '', inside = ''] = key.split('/');
    const isNamed = /^[a-z-]+(\.json)?$/.test(inside) && inside !== 'x' && inside !== 'x.json';
    return !page.includes(isNamed ? `${folder}/${inside.replace('.json', '')}` : `${folder}/`);
  });
  expect(missing).toEqual([]);
});

it('has every shape that the command line and the API share, by its name', () => {
  expect(Object.keys(shapes).filter((name) => !page.includes(`**${name}**`))).toEqual([]);
});
