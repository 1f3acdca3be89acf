import type { PlannedPhone, Terms } from '../../../ledger/run/plan.ts';
import { readResets } from '../../../ledger/catalogue/rebuild/resets.ts';
import type { Archive } from '../../../ledger/catalogue/archive.ts';
import type { RestoreOrder } from '../../../ledger/run/restore-order.ts';
import { hasCode } from '../../../errors.ts';
import { messageZone } from '../../../policy/slots/zones.ts';
import type { RunDeps } from '../../deps.ts';
import { readPolicy } from '../../state/read-policy.ts';
import { type Draft, failedDraft, type PlanDraft } from '../draft.ts';
import { readNamed } from '../named-phones.ts';
import { checkArchives, idOf } from './check-archives.ts';
import { chooseArchives, type Wanted } from './choose-archives.ts';
import { type ChosenDrill, chooseDrill } from './choose-drill.ts';
import { planPhones } from './plan-phones.ts';
import { planChecks } from './plan-checks.ts';
import { planSafetyRuns } from './safety-runs.ts';

type Deps = Pick<RunDeps, 'store' | 'ledger' | 'cph' | 'archives' | 'clock' | 'readings' | 'log'>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** As long as OBS may take to make an archive readable: 12 hours for the coldest. */
const THAW_MS = 12 * HOUR;

/** Nothing of a restore comes from a policy but its language. Paths and places are those of each archive. */
const TERMS: Terms = {
  ...{ include: [], exclude: [], bucket: '', folder: 'restore' },
  deadline: 12 * HOUR,
  export_timeout: HOUR,
  wait_for_phones: 10 * MINUTE,
  max_in_flight_per_server: 4,
  attempts: 2,
  notify: { when: 'always', language: 'en' },
};

/**
 * Drafts the plan of a restore: which archive each phone gets, and why some get none. Returns undefined when reading the phones takes
 * longer than `until` (epoch ms). An order that names no archive at all makes a plan that says so. Throws errors of the services
 * and ObjectError.
 */
export async function draftRestore(
  deps: Deps,
  base: PlanDraft,
  order: RestoreOrder,
  { requestedAt, until }: { requestedAt: number; until: number },
): Promise<Draft | undefined> {
  const found = await chosen(deps, base.request.run_id, order, { requestedAt, until });
  if (found === undefined) return undefined;
  if ('code' in found) return failedDraft(base, found.code, found.message);
  const { wanted, check } = found;
  const ids = wanted.map(({ phone }) => phone);
  const read = ids.length === 0 ? undefined : await readNamed(deps, ids, { requestedAt, until });
  if (read === undefined && ids.length > 0) return undefined;
  const candidates = read?.candidates ?? [];
  const archives = wanted.flatMap(({ archive }) => (archive === undefined ? [] : [archive]));
  const planned = planPhones(wanted, {
    phones: new Map(candidates.map((phone) => [phone.phone_id, phone])),
    archives: await checkArchives(deps, archives, deps.clock.now() + TERMS.deadline + HOUR),
    first: order.first,
  });
  const byId = new Map(archives.map((archive) => [idOf(archive), archive]));
  const { sets, phones: checked } = await withChecks(deps, order, planned, byId);
  const { runs, phones } = order.safety_export
    ? planSafetyRuns(base.request.run_id, checked, byId)
    : { runs: [], phones: checked };
  return {
    plan: {
      ...base,
      started_at: deps.clock.now(),
      terms: { ...termsOf(phones), notify: await notifyOf(deps, wanted) },
      restore: {
        ...termsOfOrder(order),
        ...(check === undefined ? {} : { check }),
        ...(sets.length === 0 ? {} : { path_sets: sets }),
        safety_runs: runs,
      },
      selected: phones.length,
    },
    phones,
    asOf: read?.asOf ?? deps.clock.now(),
    listed: candidates.length,
  };
}

/** Returns the phones with what is checked on each, unless nothing is to be checked. */
async function withChecks(
  { store }: Pick<Deps, 'store'>,
  { checks, reset_first: isReset }: RestoreOrder,
  phones: PlannedPhone[],
  archives: ReadonlyMap<string, Archive>,
): Promise<ReturnType<typeof planChecks>> {
  if (checks === false) return { sets: [], phones };
  return planChecks(phones, archives, { resets: await readResets(store), isReset });
}

/** Returns what the order says of how phones are restored. */
function termsOfOrder({ restart, reset_first, thaw, drill }: RestoreOrder) {
  return {
    restart,
    ...(reset_first === true ? { reset_first: true as const } : {}),
    ...(thaw === undefined ? {} : { thaw }),
    ...(drill === undefined ? {} : { drill: { policy: drill.policy } }),
  };
}

/** A restore has more time while archives become readable. */
function termsOf(phones: readonly PlannedPhone[]): Terms {
  const isCold = phones.some(({ cold, verdict }) => cold === true && verdict === undefined);
  return isCold ? { ...TERMS, deadline: TERMS.deadline + THAW_MS } : TERMS;
}

/** Returns the archives of an order, or why the order cannot be carried out; undefined when the time is up. */
async function chosen(
  deps: Deps,
  runId: string,
  order: RestoreOrder,
  scope: { requestedAt: number; until: number },
): Promise<ChosenDrill | { code: string; message: string } | undefined> {
  const { drill } = order;
  if (drill !== undefined) return chooseDrill(deps, { runId, policy: drill.policy }, scope);
  try {
    return { wanted: await chooseArchives(deps, order) };
  } catch (error) {
    if (!hasCode(error, 'not_found') && !hasCode(error, 'event_invalid')) throw error;
    return {
      code: hasCode(error, 'not_found') ? 'run_not_found' : 'time_invalid',
      message: error.message,
    };
  }
}

/** A restore always notifies, in the language and the zone of the first archive's policy. */
async function notifyOf(deps: Deps, wanted: readonly Wanted[]): Promise<Terms['notify']> {
  const policy = wanted.find(({ archive }) => archive !== undefined)?.archive?.policy;
  const file = policy === undefined ? undefined : await readPolicy(deps, policy);
  if (file?.parsed.ok !== true) return TERMS.notify;
  const { notify, ...own } = file.parsed.policy;
  return { when: 'always', language: notify.language, timezone: messageZone(own) };
}
