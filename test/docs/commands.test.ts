import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { routes } from '../../lib/http/all-routes.ts';
import { parseTokenEntry } from '../../lib/http/tokens.ts';
import { parseCommand } from '../support/parse-command.ts';
import { proseOf, readPages, root } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

const pages = readPages().filter(({ path }) => path !== 'CHANGELOG.md');

/** Returns the commands of a block: all lines of `sh`, the lines after `$ ` of `console`. */
function commandsOf(language: string, text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  const typed =
    language === 'sh' ? lines : lines.flatMap((line) => /^\$ (.+)/.exec(line)?.[1] ?? []);
  return typed
    .map((line) => line.replace(/(^|\s+)#\s.*$/, '').replace(/ (?:&|> \S+ &)$/, ''))
    .flatMap((line) => line.split(' && '))
    .filter((line) => line !== '');
}

const typed = pages.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => ['sh', 'console'].includes(language))
    .flatMap(({ language, text, line }) =>
      commandsOf(language, text).map((command) => ({ at: `${path}:${line}`, command })),
    ),
);

/** Command lines in sentences. Those with placeholders or alternatives are not commands. */
const inProse = pages.flatMap(({ path, text }) =>
  [...proseOf(text).matchAll(/`((?:npx )?(?:phonevault|npm) [^`]+)`/g)]
    .map(([, command = '']) => ({ at: path, command }))
    .filter(({ command }) => !/[[\]|<…]/.test(command)),
);

const starting = (pattern: RegExp) =>
  [...typed, ...inProse].filter(({ command }) => pattern.test(command));

describe('the documentation', () => {
  it.each(starting(/^(npx )?phonevault /))('$at: "$command" is valid', async ({ command }) => {
    await expect(parseCommand(command)).resolves.toBe(0);
  });

  it.each(starting(/^npm (run|start|test)\b/))('$at: "$command" exists', ({ command }) => {
    const [first = '', ...rest] = command.split(' ').slice(1);
    const script = first === 'run' ? rest.find((word) => !word.startsWith('-')) : first;
    expect(scripts).toHaveProperty([script ?? '']);
  });

  it.each(starting(/^npx (vitest run|tsx|esbuild) /))('$at: "$command" names a file', (one) => {
    const [file = ''] = /\S+\.ts/.exec(one.command) ?? [];
    expect(existsSync(join(root, file)), file).toBe(true);
  });

  it.each(starting(/^curl .*\/v1\//))('$at: "$command" calls a route', ({ command }) => {
    const path = /(\/v1\/[^\s'"?]+)/.exec(command)?.[1] ?? '';
    const patterns = routes.map((route) => route.path.replace('{id}', '[^/]+'));
    expect(
      patterns.some((pattern) => new RegExp(`^${pattern}$`).test(path)),
      path,
    ).toBe(true);
  });

  it.each(starting(/^node -e '.+'$/))('$at: "$command" makes a valid token', ({ command }) => {
    const output = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
    const entry = /^entry: (.+)$/m.exec(output)?.[1] ?? '';
    expect(parseTokenEntry(entry)).toMatchObject({ name: 'ci', scopes: ['read', 'run'] });
  });
});
