import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../cli/program/command.ts';
import { commands } from '../../cli/commands/index.ts';
import type { Io } from '../../cli/io/io.ts';
import { createProgram } from '../../cli/program/program.ts';
import { routes } from '../../lib/http/all-routes.ts';
import { parseTokenEntry } from '../../lib/http/tokens.ts';
import { EXAMPLE_SECRET, EXAMPLE_TOKEN } from '../events/callers.ts';
import { proseOf, readPages, root } from './pages.ts';

type Check = (command: string) => void | Promise<void>;

const ci = readFileSync(join(root, '.ci/run'), 'utf8');

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin?: Record<string, string>;
  files?: string[];
};

/** `.ci/run` runs it on a bare machine. */
const byCi =
  (line: string): Check =>
  () =>
    expect(ci).toContain(line);

/** A test of its own does what the command does. */
const byTest =
  (file: string): Check =>
  () =>
    expect(existsSync(join(root, file)), file).toBe(true);

const run = (command: string): string =>
  execFileSync('bash', ['-c', command], { cwd: root, encoding: 'utf8', stdio: 'pipe' });

const LOCAL_STAGE = 'test/survive/deployed/local-stage.test.ts';

/** Every command that the pages tell people to type, and how it is known to work. */
const covered: [RegExp, Check][] = [
  [/^npm ci && npm start$/, byCi('npm start')],
  [/^npm ci && npm run build$/, byCi('npm start')],
  [/^npm (ci|cit|test)$/, byCi('npm cit')],
  [/^npm run test:survive$/, byCi('npm run --silent test:survive')],
  [/^npm run test:live$/, byCi('npm run --silent test:live')],
  [/^apt-get install --no-install-recommends .+$/, namesServers],
  [/^npm start$/, byCi('npm start')],
  [/^npm run (--silent )?build$/, byCi('npm start')],
  [/^(npm ci && )?npm run build && npm link$|^npm pack$/, isPackaged],
  [/^export( HW_\w+=\S+)+$/, namesSignIn],
  [/^export PHONEVAULT_\w+=\S+$/, namesExampleCaller],
  [/^npx esbuild examples\/\S+ /, (command) => void run(command.replace(/ --outfile=\S+/, ''))],
  [/^npm run docs$/, byTest('test/docs/fresh.test.ts')],
  [/^npm run audit:deps$/, byCi('npm run --silent audit:deps')],
  [/^npm run fuzz$/, byTest('test/fuzz/policies.test.ts')],
  [/^npm run --silent local -- .+/, byTest('test/local/main.test.ts')],
  [/^npx serverless (plan|deploy|remove)( --stage local)?$/, byTest(LOCAL_STAGE)],
  [/^eval "\$\(npm run --silent local:env\)"$/, byTest(LOCAL_STAGE)],
  [/^node tick\.mjs \S+$/, byTest('test/docs/tick.test.ts')],
  [/^npx vitest run (\S+)$/, (command) => byTest(command.split(' ').at(-1) ?? '')(command)],
  [/^for name in .+; do zip -j dist\/\$name\.zip dist\/\$name\.js; done$/, namesHandlers],
  [/^sed -i '.+' deploy\/iam\/\*\.json$/, fillsPlaceholders],
  [/^cd deploy\/terraform$|^terraform init$/, byTest('deploy/terraform/versions.tf')],
  [/^terraform apply( -var .+)+$/, namesVariables],
  [/^node -e '.+'$/, (command) => makesToken(run(command))],
  [/^TOKEN=.+\n(?:.+\n)*echo "entry: .+"$/, withOpenssl],
  [/^echo "whsec_\$\(openssl rand -base64 32\)"$/, withOpenssl],
  [/^curl .*\/_local\/\w+/, byTest('test/local/control/service.test.ts')],
  [/^curl .*\/v1\//, namesRoute],
  [/^(npx )?phonevault( |$)/, (command) => parses(command)],
];

/** `.ci/run` installs the same packages. */
function namesServers(command: string): void {
  expect(ci).toContain(`servers=(${command.replace(/^.*--no-install-recommends /, '')})`);
}

function namesExampleCaller(command: string): void {
  expect([EXAMPLE_TOKEN, EXAMPLE_SECRET]).toContain(command.replace(/^[^=]+=/, ''));
}

/** Blocks of `sh` as they are, of `console` their commands; one command a line, unless a variable joins them. */
function typed(language: string, text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  const own = language === 'sh' ? lines : lines.flatMap((line) => /^\$ (.+)/.exec(line)?.[1] ?? []);
  const plain = own.map((line) =>
    line
      .replace(/\s+#\s.*$/, '')
      .replace(/ (?:&|> \S+ &)$/, '')
      .trim(),
  );
  const kept = plain.filter((line) => line !== '' && !line.startsWith('#'));
  return kept[0]?.startsWith('TOKEN=') === true ? [kept.join('\n')] : kept;
}

const pages = readPages().filter(({ path }) => path !== 'CHANGELOG.md');

describe('commands in the pages', () => {
  const found = pages.flatMap(({ path, blocks }) =>
    blocks
      .filter(({ language }) => ['sh', 'console'].includes(language))
      .flatMap(({ language, text, line }) =>
        typed(language, text).map((command) => [`${path}:${line}`, command] as const),
      ),
  );

  it.each(found)('%s: %s', async (_, command) => {
    const entry = covered.find(([pattern]) => pattern.test(command));
    expect(entry, `add ${command} to the table of commands`).toBeDefined();
    await entry?.[1](command);
  });

  it('are there', () => expect(found.length).toBeGreaterThan(10));
});

describe('command lines within sentences', () => {
  const lines = pages.flatMap(({ path, text }) =>
    [...proseOf(text).matchAll(/`((?:npx )?phonevault [^`]+)`/g)].map(
      ([, line = '']) => [path, line] as const,
    ),
  );
  // Those with alternatives or placeholders are forms, not command lines.
  const whole = lines.filter(([, line]) => !/[[\]|<…]/.test(line));

  it.runIf(whole.length > 0).each(whole)('%s: %s', async (_, line) => parses(line));

  it('begin with a command that exists', () => {
    const names = new Set(['help', ...commands.map(({ name }) => name)]);
    const strangers = lines.filter(([, line]) => {
      const word = line.replace(/^npx /, '').split(/\s+/)[1] ?? '';
      return !names.has(word.split('|')[0] ?? '') && !word.startsWith('-') && !word.startsWith('<');
    });
    expect(strangers).toEqual([]);
  });
});

/** The command line's own parser takes it; nothing is done. */
async function parses(line: string): Promise<void> {
  const argv = (line.replace(/ [>|&].*$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [])
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .slice(line.startsWith('npx ') ? 2 : 1);
  const idle = (command: Command): Command => ({
    ...command,
    ...(command.subcommands === undefined ? {} : { subcommands: command.subcommands.map(idle) }),
    run: async () => 0,
  });
  const io = {
    out: () => {},
    err: () => {},
    parts: { version: '0' },
    env: {},
    columns: 80,
    errColumns: 80,
  };
  let code: number | undefined;
  const program = createProgram(commands.map(idle), io as unknown as Io, (given) => (code = given));
  await program.parseAsync(argv, { from: 'user' }).catch((error: { exitCode?: number }) => {
    if (error.exitCode !== 0) throw error;
    code = 0;
  });
  expect(code, line).toBe(0);
}

function namesHandlers(command: string): void {
  const names = /^for name in (.+?);/.exec(command)?.[1]?.split(' ') ?? [];
  const handlers = readdirSync(join(root, 'handlers')).map((file) => file.replace('.ts', ''));
  expect(names.sort()).toEqual(handlers.sort());
}

/** Run on a copy, it leaves no placeholder behind. */
function fillsPlaceholders(command: string): void {
  const copy = mkdtempSync(join(tmpdir(), 'phonevault-'));
  try {
    cpSync(join(root, 'deploy/iam'), copy, { recursive: true });
    run(command.replace('deploy/iam', copy));
    const names = readdirSync(copy).filter((name) => name.endsWith('.json'));
    const texts = names.map((name) => readFileSync(join(copy, name), 'utf8'));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter((text) => /LEDGER_BUCKET|ARCHIVE_BUCKET|ACCOUNT_ID/.test(text))).toEqual(
      [],
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Terraform itself is not run here: its variables are those of the example, and none without a default is left out. */
function namesVariables(command: string): void {
  const declared = readFileSync(join(root, 'deploy/terraform/variables.tf'), 'utf8');
  const blocks = [...declared.matchAll(/^variable "(\w+)" \{([\s\S]*?)^\}/gm)];
  const given = [...command.matchAll(/-var '?(\w+)=/g)].map(([, name]) => name);
  const needed = blocks
    .filter(([, , body = '']) => !/^  default /m.test(body))
    .map(([, name]) => name);
  expect(given.sort()).toEqual(needed.sort());
}

/** The command lies where the build puts it, and the package holds it. */
function isPackaged(): void {
  const [folder] = (manifest.bin?.phonevault ?? '').replace(/^\.\//, '').split('/');
  expect(folder).toBe('dist');
  expect(manifest.files?.some((file) => file.replace(/^\.\//, '').startsWith('dist'))).toBe(true);
}

function namesSignIn(command: string): void {
  const known = readFileSync(join(root, 'cli/sign-in/sign-in-env.ts'), 'utf8');
  for (const [, name = ''] of command.matchAll(/(HW_\w+)=/g)) expect(known).toContain(name);
}

function namesRoute(command: string): void {
  const path = /(\/v1\/[^\s'"?]+)/.exec(command)?.[1] ?? '';
  const pattern = (route: string) => new RegExp(`^${route.replace('{id}', '[^/]+')}$`);
  expect(
    routes.some((route) => pattern(route.path).test(path)),
    path,
  ).toBe(true);
}

function makesToken(printed: string): void {
  expect(printed).toMatch(/^token: pv_[0-9a-f]{64}$/m);
  const entry = /^entry: (.+)$/m.exec(printed)?.[1] ?? '';
  expect(parseTokenEntry(entry)).toMatchObject({ name: 'ci', scopes: ['read', 'run'] });
}

function withOpenssl(command: string): void {
  if (!hasOpenssl()) return;
  const printed = run(command);
  if (command.startsWith('TOKEN=')) makesToken(printed);
  else expect(printed).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/m);
}

function hasOpenssl(): boolean {
  try {
    run('openssl version');
    return true;
  } catch {
    return false;
  }
}
