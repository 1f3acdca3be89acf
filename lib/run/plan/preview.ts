import { hasCode, ReadsSpent } from '../../errors.ts';
import { isLearned, type Limits, readLimits } from '../../ledger/state/limits.ts';
import type { HookTerms, PlannedPhone, Terms } from '../../ledger/run/plan.ts';
import { readOnly } from '../../ledger/store/read-only.ts';
import type { RunRequest } from '../../ledger/run/request.ts';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { stamp } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import { parsePolicyText, PolicyInvalid } from '../state/read-policy.ts';
import { type Draft, type DraftDeps, draftPlan, failedDraft, startDraft } from './draft.ts';
import { estimateRun, exportCallCount } from './estimate.ts';
import type { PlannedPhoneView, Preview } from '../query/schemas/preview.ts';

type Deps = DraftDeps & Pick<RunDeps, 'ledger' | 'reads'>;

/** `text` is the policy file. `known` uses the fleet as drive last read it. `slot` in epoch ms, now by default. */
export type PreviewRequest = {
  policy: string;
  text: string;
  phones?: string[];
  slot?: number;
  inventory?: 'fresh' | 'known';
};

/**
 * Returns what a run of this policy would do if it started now. Writes and exports nothing. The keys are those of the timer
 * run of that slot; a manual run has another run id. Keeps to the reads a minute that drive has learned. Returns undefined when
 * the fleet cannot be read by `until` (epoch ms), or `known` finds no finished reading. Throws PolicyInvalid and ServiceError.
 */
export async function previewRun(
  deps: Deps,
  request: PreviewRequest,
  until: number,
): Promise<Preview | undefined> {
  const { policy: name, text, inventory = 'fresh' } = request;
  const parsed = parsePolicyText(deps, name, text);
  if (!parsed.ok) throw new PolicyInvalid(name, parsed.errors);

  const now = deps.clock.now();
  const limits = await readLimits(deps.store);
  deps.reads.load(limits.reads);
  const base = startDraft(requestOf(request, now), now);
  const own = { ...deps, store: readOnly(deps.store, deps.clock) };
  const file = { policy: parsed.policy, text, etag: '' };
  // A reading of any age is used, and nothing is read.
  const scope = inventory === 'known' ? { requestedAt: 0, until: 0 } : { requestedAt: now, until };
  const drafted = await whenAllowed(deps.clock, until, () =>
    draftPlan(own, base, file, scope).catch((error: unknown) => {
      if (!hasCode(error, 'access_denied')) throw error;
      return failedDraft(base, error.code, error.message.slice(0, 300));
    }),
  );
  return drafted && viewOf(drafted, limits, now);
}

/** Does work that reads, again whenever more reads are allowed: what it has read is kept. Undefined when that is after `until`. */
async function whenAllowed<T>(
  clock: Deps['clock'],
  until: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ReadsSpent)) throw error;
      if (error.until >= until) return undefined;
      await clock.sleep(Math.max(1, error.until - clock.now()));
    }
  }
}

function requestOf({ policy, phones, slot }: PreviewRequest, now: number): RunRequest {
  const start = slot ?? now;
  return {
    run_id: timerRunId(policy, start),
    policy,
    trigger: 'timer',
    slot: stamp(start),
    ...(phones === undefined ? {} : { phones }),
  };
}

function viewOf(
  { plan, phones, asOf = plan.started_at, listed }: Draft,
  limits: Limits,
  now: number,
) {
  const { request, terms, failure } = plan;
  const views = phones.map((phone) => phoneView(phone, request.run_id, terms));
  const count = (what: PlannedPhoneView['plan']): number =>
    views.filter(({ plan: planned }) => planned === what).length;
  const preview: Preview = {
    policy: request.policy,
    slot: plan.slot,
    as_of: new Date(Math.min(asOf, now)).toISOString(),
    listing_complete: plan.listing_complete,
    ...(plan.missing_servers === undefined ? {} : { missing_servers: plan.missing_servers }),
    ...(failure === undefined ? {} : { failure }),
    ...(listed === undefined ? {} : { fleet: listed }),
    counts: {
      selected: plan.selected,
      export: count('export'),
      wait: count('wait'),
      skip: count('skip'),
      fail: count('fail'),
    },
    phones: views,
  };
  if (terms === undefined) return preview;
  const sent = views.filter(({ key }) => key !== undefined).map(({ server_id }) => server_id);
  return {
    ...preview,
    bucket: terms.bucket,
    folder: runFolder(terms.folder, request.run_id),
    include: terms.include,
    exclude: terms.exclude,
    ...(terms.hooks === undefined ? {} : { hooks: commandsOf(terms.hooks) }),
    calls: {
      export_calls: exportCallCount(sent.length, limits),
      phones_per_call: limits.phones_per_call,
      calls_per_minute: limits.calls_per_minute,
      learned: isLearned(limits),
    },
    estimate: estimateRun(sent, limits, terms),
  };
}

const commandsOf = ({ before, after }: HookTerms) => ({ before, after });

function phoneView(
  { phone_id, phone_name, server_id, status, waiting, verdict }: PlannedPhone,
  runId: string,
  terms: Terms | undefined,
): PlannedPhoneView {
  const phone = { phone_id, phone_name, server_id };
  if (verdict !== undefined) {
    const plan = verdict.outcome === 'skipped' ? 'skip' : 'fail';
    return { ...phone, plan, reason: verdict.reason };
  }
  const key = archiveKey(terms?.folder ?? '', runId, phone_id, 1);
  if (waiting === true) return { ...phone, plan: 'wait', reason: status, key };
  return { ...phone, plan: 'export', key };
}
