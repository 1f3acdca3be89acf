import { basename } from 'node:path';
import { PhonevaultError } from '../../lib/errors.ts';
import { MAX_BYTES } from '../../lib/policy/parse/parse.ts';
import { lastCosts } from '../../lib/run/query/last-cost.ts';
import { previewRun } from '../../lib/run/plan/preview.ts';
import type { Command } from '../program/command.ts';
import { connect, type Session } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import { phoneValue, policyValue } from '../show/option-values.ts';
import { previewText } from '../show/preview-text.ts';
import { readPolicyText } from '../show/policies.ts';
import { readInput } from '../io/read-text.ts';
import { toJson } from '../text/printable.ts';

const MAX_MS = 15 * 60_000;

type Options = { phone?: string[]; all?: boolean };

/** Tells what a run would do, without doing any of it. */
export const planCommand: Command<Options> = {
  name: 'plan',
  summary: 'tell what a run would do, without doing it',
  description: [
    'Reads the policy and the fleet and tells what a run would do if it started now: which phones, in which order, what,',
    'where to, and how long. Nothing is written or exported. The folder shown is that of a timer’s run; one asked for by',
    'hand has another id in it. Exits with 1 when the run would fail before it starts.',
  ].join(' '),
  arguments: [
    { name: '<policy>', text: 'the name of a policy in the bucket, or a file *.yaml or *.yml' },
  ],
  options: [
    { flags: '--phone <id...>', text: 'only these of the policy’s phones', parse: phoneValue },
    { flags: '--all', text: 'tell every phone, not only the first 20 of each kind' },
  ],
  examples: [
    {
      run: 'phonevault plan nightly',
      shows: [
        'nightly: a run would export 57 phones of 61',
        '  paths  /data/data',
        '  time   about 25 min, held up by the fullest server; deadline 2 h',
        '...',
      ].join('\n'),
    },
    { run: 'phonevault plan ./drafts/nightly.yaml --all' },
  ],
  async run({ args: [wanted = ''], options: { phone, all = false }, json }, io) {
    const isFile = /\.ya?ml$/i.test(wanted);
    // What is wrong with the command itself is told before anybody signs in.
    const file = isFile ? await readPolicyFile(io, wanted) : undefined;
    const policy = isFile ? basename(wanted).replace(/\.ya?ml$/i, '') : policyValue(wanted);
    const session = await connect(io);
    const text = file ?? (await readPolicyText(session.deps, policy));
    io.status('reading the fleet …');
    const preview = await previewOf(session, { policy, text, ...(phone && { phones: phone }) });
    const costs = await lastCosts(session.deps.store, policy);
    if (costs !== undefined) preview.costs = costs;
    io.status('');
    io.out(json ? toJson(preview) : previewText(io, preview, { all }));
    return preview.failure === undefined ? 0 : 1;
  },
};

async function readPolicyFile(io: Io, path: string): Promise<string> {
  try {
    return await readInput(io, path, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    throw new PhonevaultError(error.code, `${path} ${error.message}`, { cause: error });
  }
}

async function previewOf({ deps }: Session, ask: Parameters<typeof previewRun>[1]) {
  const preview = await previewRun(deps, ask, deps.clock.now() + MAX_MS);
  if (preview !== undefined) return preview;
  throw new PhonevaultError('time_up', 'the fleet could not be read within 15 minutes', {
    hint: 'CPH answers slowly: try again later',
  });
}
