import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { policyWith } from '../../scripts/docs/allowed.ts';
import { type Block, readPages } from './pages.ts';
import { checkSample, sampleName } from './known-shapes.ts';

type Placed = Block & { at: string };

const blocks: Placed[] = readPages().flatMap((page) =>
  page.blocks.map((block) => ({ ...block, at: `${page.path}:${block.line}` })),
);
const of = (language: string) => blocks.filter((block) => block.language === language);

describe('blocks of JSON', () => {
  it('are JSON, of the shape that they show', async () => {
    const seen = new Set<string>();
    for (const { text, mark, at } of of('json')) {
      const value: unknown = JSON.parse(text);
      const name = sampleName(mark, value);
      if (name === undefined) continue;
      seen.add(name);
      await expect(checkSample(name, value, blocks), `${at} as ${name}`).resolves.toBe(true);
    }
    expect(seen).toContain('report');
    expect(seen).toContain('notification');
  });
});

describe('blocks of YAML', () => {
  it('are policies that Phonevault takes, or parts of one', () => {
    const found = of('yaml');
    expect(found.length).toBeGreaterThan(3);
    for (const { text, mark, at } of found) {
      if (mark === 'not a policy') continue;
      const result = isWhole(text) ? parseWhole(text) : parsePart(text);
      expect(result, `${at}: ${JSON.stringify(result)}`).toMatchObject({ ok: true });
    }
  });
});

const isWhole = (text: string): boolean => /^name:/m.test(text) && /^select:/m.test(text);

function parseWhole(text: string) {
  const { name } = parse(text) as { name: string };
  return parsePolicy(text, { fileName: `${name}.yaml` });
}

/** A part is read within an otherwise sound policy; what has no field of one is refused. */
function parsePart(text: string) {
  const part = parse(text) as Record<string, unknown>;
  const [first = 'enabled', ...rest] = Object.keys(part);
  const policy = policyWith(first, part[first]);
  for (const field of rest) policy[field] = part[field];
  return parsePolicy(JSON.stringify(policy), { fileName: `${String(policy.name)}.yaml` });
}
