import { previewRestore } from '../../../lib/run/plan/restore/preview-restore.ts';
import type { RestorePreview } from '../../../lib/run/query/schemas/restore.ts';
import { requestRestore } from '../../../lib/run/request/request-restore.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readReport, readReportedPhones } from '../../../lib/ledger/run/report.ts';
import type { Io } from '../../io/io.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { policyValue, runIdValue } from '../../program/id-values.ts';
import { wholeNumber } from '../../program/option-values.ts';
import { thawOption } from '../../archive/thaw-archive.ts';
import { orderOf, type RestoreOptions } from '../../restore/order-of.ts';
import { restoreText } from '../../show/restore-text.ts';
import { connect, type Session } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';
import { follow, followOptions, type FollowOptions, readFollow } from '../../watch/follow.ts';
import { cancelCommand } from './cancel.ts';

const PREVIEW_MS = 10 * 60_000;

type Options = RestoreOptions &
  FollowOptions & { dryRun?: boolean; yes?: boolean; phones?: boolean };

/** Restores phones from their archives. */
export const restoreCommand: Command<Options> = {
  name: 'restore',
  summary: 'restore phones from their archives',
  description: [
    'Restores each phone from its newest good archive, after a confirmation: what the phone holds under the paths of the archive is',
    'overwritten. Each phone is exported first, then restored, restarted and waited for. Exits with 0 when all phones were',
    'restored, with 1 when not, and with 130 after Ctrl-C: the restore continues without you.',
  ].join(' '),
  arguments: [{ name: '[phone...]', text: 'the ids or the names of phones' }],
  options: [
    {
      flags: '--run <id>',
      text: 'restore the archives of this run; of a restore: what it was to restore',
      parse: runIdValue,
    },
    {
      flags: '--failed-only',
      text: 'with --run: only the phones that it did not export, or did not restore',
    },
    {
      flags: '--at <time>',
      text: 'the newest archive until then: "2026-11-28 03:00" in the zone of the policy, or with an offset',
    },
    { flags: '--policy <name>', text: 'only archives of this policy', parse: policyValue },
    { flags: '--to <phone>', text: 'restore the archive of the one phone to this one' },
    { flags: '--map <file>', text: 'a CSV file with a line source,target for each phone' },
    {
      flags: '--first <n>',
      text: 'restore only the first n phones',
      parse: wholeNumber(1, 1_000_000),
    },
    { flags: '--no-safety-export', text: 'do not export the phones first' },
    {
      flags: '--no-checks',
      text: 'run no commands on the phones: owners are not put right, and leftovers not listed',
    },
    { flags: '--no-restart', text: 'do not restart the phones' },
    {
      flags: '--reset-first',
      text: 'reset each phone first, so that it holds nothing but the archive',
    },
    thawOption('how fast archives in a cold storage class become readable (default: expedited)'),
    { flags: '--dry-run', text: 'show the plan and exit' },
    { flags: '-y, --yes', text: 'do not ask' },
    ...followOptions('restore'),
    { flags: '--phones', text: 'with --json: also list every phone' },
  ],
  examples: [
    { run: 'phonevault restore game-0010' },
    { run: 'phonevault restore game-0010 --at "2026-11-28 03:00" --to test-0001' },
    { run: 'phonevault restore --run nightly-20260101t183000z --first 5 --yes' },
  ],
  subcommands: [cancelCommand],
  async run({ args, options, json }, io) {
    const { dryRun = false, yes = false } = options;
    const { token, ...how } = readFollow(options);
    const session = await connect(io, { needsTopic: how.drive });
    const { deps } = session;
    const order = await orderOf(io, deps, args, options);
    const preview = await previewRestore(deps, order, io.clock.now() + PREVIEW_MS);
    if (preview === undefined) {
      throw new PhonevaultError('time_up', 'the phones could not be read within 10 minutes');
    }
    const ready = preview.counts.restore + preview.counts.wait;
    if (dryRun) {
      io.out(json ? toJson(preview) : restoreText(io, preview));
      return ready > 0 ? 0 : 1;
    }
    if (!json) io.err(restoreText(io, preview, 'err'));
    if (ready === 0) return nothingToDo(io, preview, json);
    if (!yes) await confirm(io, preview);

    const requested = await requestRestore(deps, { token, trigger: 'manual', order });
    const driveCommand = driveCommandOf(args, options, token);
    const run = {
      ...requested,
      what: 'run' as const,
      driveCommand,
      phones: options.phones ?? false,
    };
    const { code, isOver } = await follow(io, session, run, { ...how, json });
    if (options.first !== undefined && isOver && (await hasOthers(session.deps, run.runId))) {
      const rest = `phonevault restore --run ${run.runId} --failed-only`;
      io.err(fold(wordsOf(io).restore.others(rest), io.errColumns));
    }
    return code;
  },
};

/** Returns the command that drives the same restore from here. */
function driveCommandOf(phones: readonly string[], options: Options, token: string): string {
  const { run, at, policy, to, map, first, thaw } = options;
  const values = Object.entries({ run, at: at && `"${at}"`, policy, to, map, first, thaw });
  const flags = [
    ...values.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
    ...(options.failedOnly === true ? ['--failed-only'] : []),
    ...(options.safetyExport === false ? ['--no-safety-export'] : []),
    ...(options.restart === false ? ['--no-restart'] : []),
    ...(options.checks === false ? ['--no-checks'] : []),
    ...(options.resetFirst === true ? ['--reset-first'] : []),
  ];
  return ['phonevault restore', ...phones, ...flags, `--token ${token} --yes --drive`].join(' ');
}

function nothingToDo(io: Io, preview: RestorePreview, json: boolean): number {
  if (json) io.out(toJson(preview));
  else io.err(wordsOf(io).restore.nothing);
  return 1;
}

/** Throws wrong use unless a person types the name of the phone, or how many phones there are. */
async function confirm(io: Io, { phones }: RestorePreview): Promise<void> {
  const ready = phones.filter(({ plan }) => plan === 'restore' || plan === 'wait');
  const [first] = ready;
  const expected = ready.length === 1 ? first?.phone_name || first?.phone_id : String(ready.length);
  const { restore: words, common } = wordsOf(io);
  const what = ready.length === 1 ? words.askName : words.askNumber(common.phones(ready.length));
  const typed = await io.ask(words.ask(what, expected ?? ''));
  if (typed === undefined) {
    throw wrongUse('there is no terminal to confirm the restore', 'add --yes');
  }
  if (typed.trim() !== expected) throw wrongUse('not confirmed: nothing was restored');
}

/** Returns whether a restore of the first phones has left others. */
async function hasOthers(
  { store }: Pick<Session['deps'], 'store'>,
  runId: string,
): Promise<boolean> {
  const report = await readReport(store, runId);
  if (report === undefined) return true;
  const phones = await readReportedPhones(store, report);
  return phones.some(({ reason }) => reason === 'not_first');
}
