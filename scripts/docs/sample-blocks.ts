import { format } from 'oxfmt';

const MAX_LENGTH = 3;

/** Returns each sample as a Markdown block, by the name `sample <name>` under which a template inserts it. */
export async function sampleBlocks(
  samples: Record<string, unknown>,
): Promise<Record<string, string>> {
  const blocks = Object.entries(samples).map(async ([name, value]) => {
    if (typeof value === 'string') return [`sample ${name}`, `\`\`\`text\n${value}\n\`\`\``];
    const json = JSON.stringify(shorten(value));
    const { code } = await format('sample.json', json, { printWidth: 120 });
    return [`sample ${name}`, `\`\`\`json\n${code.trimEnd()}\n\`\`\``];
  });
  return Object.fromEntries(await Promise.all(blocks)) as Record<string, string>;
}

/** The random name of an invocation, alone or after an epoch. */
const INVOCATION = /^((?:.*\/)?(?:\d{10}-)?)[0-9a-f]{12}(?=$|-)/;

/** Cuts lists, unless they are rows or each entry has a kind of its own, rounds times to ms and gives all invocations the same name. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isRow = new Set(value.map((one) => typeof one)).size > 1;
    const kept = isRow || kindsDiffer(value) ? value : value.slice(0, MAX_LENGTH);
    return kept.map(shorten);
  }
  if (typeof value === 'number') return Math.round(value);
  if (typeof value === 'string') return value.replace(INVOCATION, '$1c37aa3eb902f');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shorten(one)]));
}

function kindsDiffer(list: readonly unknown[]): boolean {
  const kinds = list.map((one) => {
    const { outcome, state, type } = (one ?? {}) as Record<string, unknown>;
    return outcome ?? state ?? type;
  });
  return !kinds.includes(undefined) && new Set(kinds).size === kinds.length;
}
