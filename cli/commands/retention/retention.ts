import { findArchivedPhones } from '../../../lib/ledger/catalogue/find-phones.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { policiesWithArchives, previewPrune } from '../../../lib/run/retention/preview.ts';
import { visible } from '../../../lib/visible.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { entryOf, type PruneEntry } from '../../show/prune-entries.ts';
import { connect } from '../../sign-in/connect.ts';
import { toJson } from '../../text/printable.ts';
import { size } from '../../text/size.ts';
import { table } from '../../text/table.ts';
import { minuteOf } from '../../text/when.ts';
import { whyKept } from '../../show/why-text.ts';
import { wordsOf } from '../../words/words.ts';

type Explained = PruneEntry & { policy: string; started_at: string; keep: boolean };

/** Says of each archive of a phone whether the retention rules keep it, and why. */
const explainCommand: Command = {
  name: 'explain',
  summary: 'why each archive of a phone is kept or deleted',
  description:
    'Lists the archives of a phone, newest first, with what the retention rules make of each at present. Changes nothing.',
  arguments: [{ name: '<phone>', text: 'the id or the name of a phone' }],
  examples: [
    {
      run: 'phonevault retention explain game-0010',
      shows: '2026-01-02 02:30  nightly  2.1 GB  keep    newest, day, last_good',
    },
  ],
  async run({ args: [phone = ''], json }, io) {
    const { deps } = await connect(io);
    const { ids } = await findArchivedPhones(deps.store, phone);
    if (ids.size === 0) {
      throw new PhonevaultError('not_found', 'no archive belongs to a phone of this id or name', {
        hint: '`phonevault status --phones` lists the phones',
      });
    }
    const explained: Explained[] = [];
    for (const policy of await policiesWithArchives(deps)) {
      const preview = await previewPrune(deps, policy, { phones: ids });
      for await (const judged of preview.archives()) {
        const { archive, keep } = judged;
        if (!ids.has(archive.phone_id)) continue;
        const started_at = new Date(archive.started_at).toISOString();
        explained.push({ policy, started_at, keep, ...entryOf(judged) });
      }
    }
    explained.sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
    if (json) io.out(toJson(explained));
    else {
      const words = wordsOf(io).retention;
      const rows = explained.map(({ started_at, policy, keep, reasons, delete_at, ...own }) => [
        minuteOf(io, started_at),
        policy,
        size(own.size),
        words.verdicts[keep ? 'keep' : delete_at === undefined ? 'delete' : 'trash'],
        whyKept(reasons, io.language),
        visible(`obs://${own.bucket}/${own.key}`),
      ]);
      const head = words.explainHead(io.zone);
      io.out(table(rows, io.columns, { head, right: [2], whole: [0, 5] }));
    }
    return 0;
  },
};

/** Explains the retention rules. */
export const retentionCommand: Command = {
  name: 'retention',
  summary: 'explain what the retention rules keep and delete',
  description: 'Explains the retention rules of the policies; `phonevault prune` applies them.',
  examples: [{ run: 'phonevault retention explain game-0010' }],
  subcommands: [explainCommand],
  async run() {
    throw wrongUse('retention needs a subcommand', 'phonevault retention explain <phone>');
  },
};
