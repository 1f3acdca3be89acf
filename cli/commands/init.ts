import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { changedIo } from '../io/changed-io.ts';
import type { Io } from '../io/io.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { profileFile } from '../sign-in/profile.ts';
import { errorsText } from '../validate/errors-text.ts';
import { check } from '../validate/check.ts';
import { fold } from '../text/fold.ts';
import { toJson } from '../text/printable.ts';
import { type Words, wordsOf } from '../words/words.ts';

type Question = {
  name: keyof Words['init']['questions'];
  isOptional?: boolean;
  isHidden?: boolean;
};

const QUESTIONS: Question[] = [
  { name: 'PHONEVAULT_REGION' },
  { name: 'PHONEVAULT_BUCKET' },
  { name: 'HUAWEICLOUD_SDK_AK' },
  { name: 'HUAWEICLOUD_SDK_SK', isHidden: true },
  { name: 'HUAWEICLOUD_SDK_SECURITY_TOKEN', isOptional: true, isHidden: true },
  { name: 'PHONEVAULT_TOPIC_URN', isOptional: true },
  { name: 'PHONEVAULT_DRIVE_URN', isOptional: true },
];

const PLACE = /^PHONEVAULT_(?:\w+_ENDPOINT|PREFIX|PROJECT_ID)$/;

/** Asks for settings and credentials, tries them, and keeps them for later commands. */
export const initCommand: Command<{ profile?: string }> = {
  name: 'init',
  summary: 'set up this machine: settings, credentials, a first policy',
  description: [
    'Asks for settings and access keys, tries them, and writes them to ~/.phonevault/config, readable by you alone. Where the bucket has no policy,',
    'it then writes a first one into the current folder. Nothing is written when the keys or the bucket do not work.',
  ].join(' '),
  options: [
    {
      flags: '--profile <name>',
      text: 'write this profile (default: default)',
      parse: profileName,
    },
  ],
  examples: [{ run: 'phonevault init' }, { run: 'phonevault init --profile test' }],
  async run({ options: { profile = 'default' }, json }, io) {
    const path = profileFile(io);
    await assertFree(path, profile);
    // Of the environment only what says where to call: it may hold other credentials.
    const place = Object.entries(io.env).filter(([name]) => PLACE.test(name));
    const settings = { ...Object.fromEntries(place), ...(await askAll(io)) };
    const { deps } = await connect(changedIo(io, { env: settings }));
    const policies = await deps.store.list(layout.policies);
    await keep(path, profile, settings);
    const file = policies.length === 0 ? await writePolicy(io, settings) : undefined;
    if (json) io.out(toJson({ path, profile, ...(file && { policy: file }) }));
    else for (const line of nextSteps(io, path, profile, file)) io.out(fold(line, io.columns));
    return 0;
  },
};

function profileName(value: string): string {
  if (/^[\w.-]{1,64}$/.test(value)) return value;
  throw wrongUse('a profile has 1 to 64 letters, digits, ".", "_" or "-"');
}

async function assertFree(path: string, profile: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.split(/\r?\n/).some((line) => line.trim() === `[${profile}]`)) return;
  throw new PhonevaultError('conflict', `${path} has a profile ${profile} already`, {
    hint: 'edit it there, or write another with --profile',
  });
}

async function askAll(io: Io): Promise<Record<string, string>> {
  const given: Record<string, string> = {};
  const { questions } = wordsOf(io).init;
  for (const { name, isOptional = false, isHidden = false } of QUESTIONS) {
    const text = questions[name];
    const known = isHidden ? undefined : io.env[name]?.trim();
    const answer = await askOne(io, known ? `${text} [${known}]` : text, isHidden);
    const value = answer === '' ? (known ?? '') : answer;
    if (value !== '') given[name] = value;
    else if (!isOptional) throw wrongUse(`${name} is needed`, 'begin again with phonevault init');
  }
  return given;
}

async function askOne(io: Io, question: string, isHidden = false): Promise<string> {
  const answer = await io.ask(question + wordsOf(io).common.colon, { isHidden });
  if (answer !== undefined) return answer.trim();
  throw wrongUse('init asks questions and needs a terminal', 'set environment variables instead');
}

async function keep(
  path: string,
  profile: string,
  settings: Record<string, string | undefined>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  await appendFile(path, [`[${profile}]`, ...lines, '', ''].join('\n'), { mode: 0o600 });
}

/** Writes a policy into the current folder, unless it has one of that name. Returns the name of the file. */
async function writePolicy(
  io: Io,
  settings: Record<string, string | undefined>,
): Promise<string | undefined> {
  const file = 'nightly.yaml';
  if (existsSync(join(io.cwd, file))) return undefined;
  const words = wordsOf(io).init;
  const pattern = (await askOne(io, words.phones)) || '*';
  const bucket =
    (await askOne(io, words.archives(settings.PHONEVAULT_BUCKET ?? ''))) ||
    settings.PHONEVAULT_BUCKET;
  const policy = {
    name: 'nightly',
    schedule: { cron: '0 30 2 * * *', timezone: io.zone },
    select: { name: pattern },
    export: { include: ['/data/data', '/data/media/0'], bucket },
  };
  const text = stringify(policy);
  const checked = check(file, text, { ledger: undefined, now: io.clock.now() });
  if (!checked.ok) {
    io.err(errorsText(checked, io));
    return undefined;
  }
  await writeFile(join(io.cwd, file), text, { flag: 'wx' });
  return file;
}

function nextSteps(io: Io, path: string, profile: string, file: string | undefined): string[] {
  const words = wordsOf(io).init;
  return [
    words.written(path, profile),
    ...(profile === 'default' ? [] : [words.use(`export PHONEVAULT_PROFILE=${profile}`)]),
    ...(file === undefined ? [] : [words.policy(file)]),
    words.next,
  ];
}
