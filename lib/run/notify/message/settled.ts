import {
  type PhoneOutcome,
  readReportedPhones,
  type Report,
  type ReportedPhone,
} from '../../../ledger/run/report.ts';
import type { PhoneState } from '../../../ledger/run/run-state.ts';
import { layout } from '../../../ledger/store/layout.ts';
import { parseStamp } from '../../../policy/keys/stamp.ts';
import type { RunDeps } from '../../deps.ts';
import type { OpenRun } from '../../state/open-run.ts';
import type { Ended, EndedPhone, RestoreChecks, Settled } from './notification.ts';

const MAX_CODES = 5;
const MAX_UNDONE = 3;
const MAX_SERVERS = 3;
const MAX_SUSPECTS = 3;

const GOOD: ReadonlySet<PhoneOutcome> = new Set(['exported', 'restored', 'skipped']);

/** Returns what people are notified of when a run has settled. It names no phones when the report's pages were given up. */
export async function settledNotification(
  deps: Pick<RunDeps, 'store' | 'ledger'>,
  { state }: Pick<OpenRun, 'state'>,
  report: Report,
): Promise<Settled> {
  const isReadable = state.notDone.get('report_pages')?.final === undefined;
  const phones = isReadable ? await readReportedPhones(deps.store, report) : [];
  const { bucket, prefix } = deps.ledger;
  const started_at = Date.parse(report.started_at);
  const undone = report.not_done?.slice(0, MAX_UNDONE);
  const named = (isWanted: (outcome: PhoneOutcome) => boolean): EndedPhone[] =>
    phones.filter(({ outcome }) => isWanted(outcome)).map((phone) => endedPhone(phone, state));
  const { drill, kind = 'settled' } = report;
  return {
    ...(drill === undefined ? { kind } : { kind: 'drill', drill }),
    run_id: report.run_id,
    policy: drill?.policy ?? report.policy,
    outcome: report.outcome,
    counts: report.counts,
    report: { bucket, key: prefix + layout.report(report.run_id) },
    slot: parseStamp(report.slot) ?? started_at,
    started_at,
    settled_at: Date.parse(report.settled_at),
    bytes: phones.reduce((sum, phone) => sum + bytesOf(phone, state), 0),
    reason: report.reason,
    message: report.message,
    undone,
    failed: named((outcome) => !GOOD.has(outcome)),
    skipped: named((outcome) => outcome === 'skipped'),
    suspects: suspectsOf(report, phones, state),
    hooks: hooksOf(report, phones, state),
    checks: checksOf(phones, state),
    leftovers: leftoversOf(report),
    missingServers: missingServersOf(report),
  };
}

type Phones = { phones: ReadonlyMap<string, PhoneState> };

function endedPhone({ phone_id, outcome, reason, code }: ReportedPhone, state: Phones): EndedPhone {
  return { phone_id, phone_name: nameIn(state, phone_id), outcome, reason, code };
}

const nameIn = ({ phones }: Phones, id: string): string => phones.get(id)?.planned.phone_name ?? '';

/** Returns the size of the archive that was written, or restored. */
function bytesOf({ phone_id, outcome, size }: ReportedPhone, { phones }: Phones): number {
  if (outcome === 'exported') return size ?? 0;
  return outcome === 'restored' ? (phones.get(phone_id)?.planned.source?.size ?? 0) : 0;
}

function leftoversOf({ leftovers }: Report): Ended['leftovers'] {
  if (leftovers === undefined) return undefined;
  const codes = [...new Set(leftovers.map(({ code }) => code))];
  return { count: leftovers.length, codes: codes.slice(0, MAX_CODES) };
}

function suspectsOf(
  { suspects: count }: Report,
  reported: readonly ReportedPhone[],
  state: Phones,
): Ended['suspects'] {
  if (count === undefined) return undefined;
  const ids = reported.filter(({ suspect }) => suspect === true).map(({ phone_id }) => phone_id);
  const phones = ids.slice(0, MAX_SUSPECTS);
  return { count, phones, names: phones.map((id) => nameIn(state, id) || id) };
}

function hooksOf(
  { failed_hooks: count }: Report,
  reported: readonly ReportedPhone[],
  state: Phones,
): Ended['hooks'] {
  if (count === undefined) return undefined;
  const failed = reported.filter(({ failed_hooks: hooks }) => hooks !== undefined);
  const commands = failed.flatMap(({ failed_hooks: hooks = [] }) =>
    hooks.map(({ command }) => command),
  );
  const ids = failed.map(({ phone_id }) => phone_id).slice(0, MAX_SUSPECTS);
  const names = ids.map((id) => nameIn(state, id) || id);
  return { count, names, commands: [...new Set(commands)].slice(0, MAX_SUSPECTS) };
}

/** Returns undefined when nothing was found on restored phones. */
function checksOf(phones: readonly ReportedPhone[], state: Phones): RestoreChecks | undefined {
  const left = phones.filter(({ leftovers }) => leftovers !== undefined);
  const wrong = phones.filter(({ owners }) => (owners?.wrong.length ?? 0) > 0).length;
  const unseen = phones.filter((phone) => phone.unseen !== undefined).length;
  if (left.length + wrong + unseen === 0) return undefined;
  const ids = left.map(({ phone_id }) => phone_id).slice(0, MAX_SUSPECTS);
  const names = ids.map((id) => nameIn(state, id) || id);
  return { leftovers: left.length, names, wrong_owners: wrong, unseen };
}

function missingServersOf({ missing_servers: missing = [] }: Report): Ended['missingServers'] {
  if (missing.length === 0) return undefined;
  return { count: missing.length, first: missing.slice(0, MAX_SERVERS) };
}
