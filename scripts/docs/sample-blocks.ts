import { format } from 'prettier';
import type { Samples } from './samples.ts';

const MAX_LISTED = 3;

/** Each sample as a Markdown block, by the name `sample <name>` under which a template inserts it. */
export async function sampleBlocks(samples: Samples): Promise<Record<string, string>> {
  const blocks = Object.entries(samples).map(async ([name, value]) => {
    const block = typeof value === 'string' ? textBlock(value) : await jsonBlock(name, value);
    return [`sample ${name}`, block] as const;
  });
  return Object.fromEntries(await Promise.all(blocks));
}

const textBlock = (text: string): string => `\`\`\`text\n${text}\n\`\`\``;

/** The comment tells the tests which shape the block claims to have. */
async function jsonBlock(name: string, value: unknown): Promise<string> {
  const json = JSON.stringify(shortened(value, name === 'log'));
  const pretty = await format(json, { parser: 'json', printWidth: 120 });
  return `<!-- sample: ${name} -->\n\n\`\`\`json\n${pretty.trimEnd()}\n\`\`\``;
}

/** The name that an invocation draws by chance, alone or after an epoch. */
const INVOCATION = /^((?:.*\/)?(?:\d{10}-)?)[0-9a-f]{12}(?=$|-)/;

/**
 * Cuts lists to their first entries, unless they show one entry of each kind, rounds the play clock's times to ms and gives
 * all invocations one name.
 */
function shortened(value: unknown, whole: boolean): unknown {
  if (Array.isArray(value)) {
    const kept = whole || isChosen(value) ? value : value.slice(0, MAX_LISTED);
    return kept.map((one) => shortened(one, false));
  }
  if (typeof value === 'number') return Math.round(value);
  if (typeof value === 'string') return value.replace(INVOCATION, '$1c37aa3eb902f');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, shortened(one, whole)]),
  );
}

/** A report's phones of this page, one of each outcome. */
function isChosen(list: readonly unknown[]): boolean {
  const kinds = list.map((one) => {
    const { outcome, state } = (one ?? {}) as { outcome?: string; state?: string };
    return outcome ?? state;
  });
  return kinds.every((kind) => kind !== undefined) && new Set(kinds).size === kinds.length;
}
