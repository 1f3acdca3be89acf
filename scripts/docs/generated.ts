import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyJsonSchema } from '../../lib/policy/schema/json-schema.ts';
import { fill } from './markdown.ts';
import { policyParts } from './policy-page.ts';
import { sampleBlocks } from './sample-blocks.ts';
import { takeSamples } from './samples.ts';
import { shapeParts } from './shape-tables.ts';

/** A file that is made, not written. `path` is relative to the repository. */
type GeneratedFile = { path: string; text: string };

const ORIGIN = 'Made by `npm run docs`; edit';

/** Every generated file of the documentation as it should be now. */
export async function generatedFiles(): Promise<GeneratedFile[]> {
  const samples = await sampleBlocks(await takeSamples());
  return [
    {
      path: 'docs/formats.md',
      text: await page('formats-page.md', { ...shapeParts(), ...samples }),
    },
    { path: 'docs/policy.md', text: await page('policy-page.md', policyParts()) },
    {
      path: 'docs/policy.schema.json',
      text: `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
    },
  ];
}

async function page(template: string, parts: Record<string, string>): Promise<string> {
  const text = await readFile(join(import.meta.dirname, template), 'utf8');
  const origin = `<!-- ${ORIGIN} scripts/docs/${template} or what it is made from. -->`;
  return `${origin}\n\n${fill(text, parts)}`;
}
