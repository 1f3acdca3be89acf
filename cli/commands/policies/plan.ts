import { basename } from 'node:path';
import { PhonevaultError } from '../../../lib/errors.ts';
import { MAX_BYTES } from '../../../lib/policy/parse/parse.ts';
import { lastCosts } from '../../../lib/run/query/last-costs.ts';
import { monthCosts } from '../../../lib/run/query/month-costs.ts';
import { problemOf } from '../../../lib/run/query/unreadable.ts';
import { previewRun } from '../../../lib/run/plan/preview.ts';
import type { Command } from '../../program/command.ts';
import { findExisting } from '../../restore/find-phone.ts';
import { connect, type Session } from '../../sign-in/connect.ts';
import type { Io } from '../../io/io.ts';
import { phoneValue, policyValue } from '../../program/id-values.ts';
import { previewText } from '../../show/preview-text.ts';
import { readPolicyText } from '../../show/policies.ts';
import { readInput } from '../../io/read-text.ts';
import { toJson } from '../../text/printable.ts';
import { check } from '../../validate/check.ts';
import { wordsOf } from '../../words/words.ts';

const MAX_MS = 15 * 60_000;

type Options = { phone?: string[]; all?: boolean };

/** Shows what a run would do. Changes nothing. */
export const planCommand: Command<Options> = {
  name: 'plan',
  summary: 'show what a run would do, without doing it',
  description: [
    'Reads the policy and the fleet and shows what a run would do if it started now: which phones, in which order, which',
    'paths, where to, and how long. Nothing is written or exported. The folder shown is that of a scheduled run; a manual',
    'run has another id in it. Exits with 1 when the run would fail before it starts, or selects no phone.',
  ].join(' '),
  arguments: [
    { name: '<policy>', text: 'name of a policy in the bucket, or a *.yaml or *.yml file' },
  ],
  options: [
    {
      flags: '--phone <phone...>',
      text: 'only these phones of the policy, by id or name',
      parse: phoneValue,
    },
    { flags: '--all', text: 'list every phone, not only the first 20 of each kind' },
  ],
  examples: [
    {
      run: 'phonevault plan nightly',
      shows: [
        'nightly: a run would export 57 phones of 61',
        '  paths  /data/data',
        '  time   about 25 min, limited by the fullest server; deadline 2 h',
        '...',
      ].join('\n'),
    },
    { run: 'phonevault plan ./drafts/nightly.yaml --all' },
  ],
  async run({ args: [given = ''], options: { phone, all = false }, json }, io) {
    const isFile = /\.ya?ml$/i.test(given);
    // Report a wrong command before signing in.
    const file = isFile ? await readPolicyFile(io, given) : undefined;
    const policy = isFile ? basename(given).replace(/\.ya?ml$/i, '') : policyValue(given);
    const session = await connect(io);
    const text = file ?? (await readPolicyText(session.deps, policy));
    const phones = phone && (await findExisting(session.deps, phone));
    io.status(wordsOf(io).plan.reading);
    const preview = await previewOf(session, { policy, text, ...(phones && { phones }) });
    const { costs, unreadable } = await lastCosts(session.deps.store, policy);
    if (costs !== undefined) preview.costs = costs;
    if (unreadable.length > 0) preview.unreadable = unreadable.map(problemOf);
    const { slots, warnings } = check(`${policy}.yaml`, text, {
      ledger: session.deps.ledger,
      now: io.clock.now(),
    });
    if (slots !== undefined) {
      preview.slots = slots;
      const phones = preview.counts.export + preview.counts.wait;
      const { estimate } = preview;
      preview.month = monthCosts({ next: slots.next, phones, estimate, costs });
    }
    if (warnings !== undefined) preview.warnings = warnings;
    io.status('');
    io.out(json ? toJson(preview) : previewText(io, preview, { all }));
    return preview.failure === undefined && preview.counts.selected > 0 ? 0 : 1;
  },
};

async function readPolicyFile(io: Io, path: string): Promise<string> {
  try {
    return await readInput(io, path, MAX_BYTES);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    const { code, message, hint = 'name a policy of the bucket, or an existing file' } = error;
    throw new PhonevaultError(code, `${path} ${message}`, { hint, cause: error });
  }
}

async function previewOf({ deps }: Session, request: Parameters<typeof previewRun>[1]) {
  const preview = await previewRun(deps, request, deps.clock.now() + MAX_MS);
  if (preview !== undefined) return preview;
  throw new PhonevaultError('time_up', 'reading the fleet took more than 15 minutes', {
    hint: 'CPH is slow: try again later',
  });
}
