import { ifReadable, type ObjectError } from '../../lib/ledger/store/object-error.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { phoneBackups } from '../../lib/run/query/phone-backups.ts';
import { policyStatuses } from '../../lib/run/query/policy-status.ts';
import { readRunState } from '../../lib/run/query/runs/get-run.ts';
import type { PolicyStatus } from '../../lib/run/query/schemas/policy.ts';
import type { RunPhone } from '../../lib/run/query/schemas/run.ts';
import { problemOf, unreadableObjects } from '../../lib/run/query/unreadable.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { wrongUse } from '../program/command.ts';
import { repeatable } from '../program/repeat.ts';
import { connect } from '../sign-in/connect.ts';
import { policyValue } from '../program/id-values.ts';
import { backupsText, needsAttention, policiesText } from '../show/status-text.ts';
import { noPoliciesText, noSuchPolicy, readPolicyText } from '../show/policies.ts';
import { checkLines } from '../show/runs/checks-text.ts';
import { unreadableLines } from '../show/unreadable-text.ts';
import { fold } from '../text/fold.ts';
import { toJson } from '../text/printable.ts';
import { sayIn } from '../words/sentences/say.ts';
import { wordsOf } from '../words/words.ts';

type Options = { phones?: true | string; check?: boolean };

/** Shows the state of each policy, or each phone's last backup. */
export const statusCommand = repeatable<Options>({
  name: 'status',
  summary: 'show policies and how fresh their backups are',
  description: [
    'Shows each policy: its state, how many of its phones have a recent backup, its last good run, its next slot in its own time zone and in yours, and its open runs.',
    'Stale means that too few phones have one: fewer than the objective of the policy.',
  ].join(' '),
  arguments: [{ name: '[policy]', text: 'the name of a policy; all if missing' }],
  options: [
    {
      flags: '--phones [policy]',
      text: 'show each phone and its last verified archive instead, those without a recent one first',
      parse: policyValue,
    },
    {
      flags: '--check',
      text: 'exit with 1 when a policy is stale or invalid, or an object is unreadable, for monitoring',
    },
  ],
  examples: [
    {
      run: 'phonevault status',
      shows: [
        'nightly  active, fresh',
        '  phones         38 fresh, 1 late, 1 never backed up, 3 not exportable',
        '  objective      90% of the phones within the last two slots',
        '  last good run  2026-01-02 02:55:10 +08:00 (9 h ago) nightly-20260101t183000z',
        '  next slot      2026-01-03 02:30:00 +08:00 Asia/Shanghai (in 14 h)',
      ].join('\n'),
    },
    { run: 'phonevault status nightly --phones' },
    { run: 'phonevault status --check --json' },
  ],
  async run({ args: [name], options: { phones, check = false }, json }, io) {
    const only = name === undefined ? undefined : policyValue(name);
    const wanted = phones === true ? (only ?? true) : phones;
    if (wanted !== undefined && check) {
      throw wrongUse('--phones and --check exclude each other', '--check is about policies');
    }
    const { deps } = await connect(io);
    const print = (text: string) => io.err(fold(text, io.errColumns));
    if (wanted !== undefined) {
      const errors: ObjectError[] = [];
      const now = io.clock.now();
      const policies = await policyStatuses(deps, now);
      const all = await phoneBackups(deps.store, policies, now, errors);
      const unreadable = errors.map(problemOf);
      const shown = wanted === true ? all : all.filter(({ policy }) => policy === wanted);
      // A deleted policy may have archives; one without any must exist.
      if (wanted !== true && shown.length === 0) await readPolicyText(deps, wanted);
      if (json) io.out(toJson({ phones: shown, ...(errors.length > 0 && { unreadable }) }));
      else if (shown.length > 0) io.out(backupsText(io, shown));
      else print(wordsOf(io).policy.noPhones(wanted === true ? undefined : wanted));
      if (!json && errors.length > 0) io.out(['', ...unreadableLines(io, unreadable)].join('\n'));
      return 0;
    }
    const all = await policyStatuses(deps, io.clock.now());
    const policies = only === undefined ? all : all.filter(({ policy }) => policy === only);
    if (only !== undefined && policies.length === 0) throw await noSuchPolicy(deps, only);
    const found = policies.flatMap((status) => status.unreadable ?? []);
    const unreadable = await unreadableObjects(deps.store, found);
    if (json) io.out(toJson({ policies, unreadable }));
    else {
      if (policies.length > 0) io.out(policiesText(io, policies));
      const failed = only === undefined ? [] : await failedHooks(deps, policies);
      if (failed.length > 0) io.out(['', ...hookLines(io, failed)].join('\n'));
      else print(sayIn(io.language, noPoliciesText(deps.ledger)));
      if (unreadable.length > 0) io.out(['', ...unreadableLines(io, unreadable)].join('\n'));
    }
    const isBad = policies.some(needsAttention) || unreadable.length > 0;
    return check && isBad ? 1 : 0;
  },
});

/** Returns the phones whose hooks failed in the last run of a policy that has some; none where that run cannot be read. */
async function failedHooks(
  { store, clock }: RunDeps,
  [policy]: readonly PolicyStatus[],
): Promise<RunPhone[]> {
  if (policy?.hooks === undefined || policy.last_run === null) return [];
  const run = await ifReadable(readRunState(store, policy.last_run.run_id, clock.now()));
  const phones = (await run?.phones()) ?? [];
  return phones.filter(({ failed_hooks: hooks }) => hooks !== undefined);
}

const hookLines = (io: Io, phones: readonly RunPhone[]): string[] =>
  checkLines(io, visibleAll(phones)).map((line) => fold(line, io.columns, '    '));
