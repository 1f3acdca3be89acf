import type { Block } from '../../lib/ledger/retention/state.ts';
import { visible } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { fold } from '../text/fold.ts';
import { size } from '../text/size.ts';
import { table } from '../text/table.ts';
import { wordsOf } from '../words/words.ts';
import { whyPrune } from './why-text.ts';
import {
  deletedEntries,
  keptEntries,
  type PrunedPolicy,
  type PruneEntry,
} from './prune-entries.ts';

const SHOWN = 50;
const MISSING_SHOWN = 3;
const LINES_AT_ONCE = 1_000;

type Phone = { name: string; kept: number; deleted: number; bytes: number };

/** Prints `{"policies":[..]}`, some archives at a time: all of them may not fit into memory. */
export async function printPruneJson(io: Io, policies: readonly PrunedPolicy[]): Promise<void> {
  io.out('{"policies":[');
  for (const [index, policy] of policies.entries()) {
    const { preview, last } = policy;
    const blocked = last?.blocked ?? preview.block;
    const head = JSON.stringify({ policy: preview.policy, ...(blocked && { blocked }) });
    io.out(`${head.slice(0, -1)},"delete":[`);
    await printEntries(io, deletedEntries(policy));
    io.out('],"keep":[');
    await printEntries(io, keptEntries(policy));
    io.out(index === policies.length - 1 ? ']}' : ']},');
  }
  io.out(']}');
}

async function printEntries(io: Io, entries: AsyncGenerator<PruneEntry>): Promise<void> {
  let lines: string[] = [];
  let isFirst = true;
  const flush = (): void => {
    if (lines.length > 0) io.out(lines.join('\n'));
    lines = [];
  };
  for await (const entry of entries) {
    lines.push(`${isFirst ? '' : ','}${JSON.stringify(entry)}`);
    isFirst = false;
    if (lines.length === LINES_AT_ONCE) flush();
  }
  flush();
}

/** Returns what is, or would be, deleted of a policy: in all, and for each phone. */
export async function pruneText(io: Io, policy: PrunedPolicy): Promise<string> {
  const { preview, isDryRun, last } = policy;
  const phones = new Map<string, Phone>();
  const phoneOf = ({ phone_id, phone_name }: PruneEntry): Phone => {
    const known = phones.get(phone_id) ?? {
      ...{ name: phone_name || phone_id, kept: 0, deleted: 0, bytes: 0 },
    };
    phones.set(phone_id, known);
    return known;
  };
  for await (const entry of keptEntries(policy)) phoneOf(entry).kept += 1;
  for await (const entry of deletedEntries(policy)) {
    const phone = phoneOf(entry);
    phone.deleted += 1;
    phone.bytes += entry.size;
  }
  const all = [...phones.values()];
  const sum = (of: (phone: Phone) => number): number =>
    all.reduce((total, phone) => total + of(phone), 0);
  const [deleted, kept] = [sum((phone) => phone.deleted), sum((phone) => phone.kept)];
  const words = wordsOf(io).retention;
  const says = isDryRun ? words.wouldDelete : words.deletes;
  const bytes = size(sum((phone) => phone.bytes));
  const lines = [says(preview.policy, deleted, deleted + kept, bytes)];
  const blocked = last?.blocked ?? preview.block;
  if (blocked !== undefined) lines.push(...blockText(io, blocked, preview.most));
  if ((last?.refused ?? 0) > 0)
    lines.push(`  ${words.refused(last?.refused ?? 0, codesOf(policy))}`);
  if (last !== undefined && last.missing > 0) {
    const keys = last.missing_keys.slice(0, MISSING_SHOWN).map((key) => visible(key));
    lines.push(`  ${words.missing(last.missing, keys.join(', '))}`);
  }
  const touched = all.filter((phone) => phone.deleted > 0);
  const rows = touched
    .slice(0, SHOWN)
    .map((phone) => [
      visible(phone.name),
      String(phone.kept),
      String(phone.deleted),
      size(phone.bytes),
    ]);
  const text = lines.map((line) => fold(line, io.columns));
  if (rows.length > 0) {
    text.push(table(rows, io.columns, { head: words.head, right: [1, 2, 3], whole: [0] }));
  }
  if (touched.length > SHOWN) text.push(fold(words.morePhones(touched.length - SHOWN), io.columns));
  return text.join('\n');
}

function codesOf({ last }: PrunedPolicy): string {
  return [...new Set(last?.refusals.map(({ code }) => code))].join(', ');
}

/** Returns why nothing is deleted, and what to do about it. */
function blockText(io: Io, blocked: Block, most: number): string[] {
  const { retention: words, common } = wordsOf(io);
  const { says, fix } = whyPrune(blocked, io.language);
  const limit = blocked === 'max_delete' ? common.note(String(most)) : '';
  return [
    `  ${words.blocked(says)}${limit}`,
    ...(fix === undefined ? [] : [`  ${common.hint}${common.space}${fix}`]),
  ];
}
