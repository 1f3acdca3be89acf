import type { RunEvent } from '../../lib/ledger/run/events.ts';
import { fold } from '../../lib/ledger/run/fold.ts';
import { type PhoneState, startState } from '../../lib/ledger/run/run-state.ts';
import type { Plan, PlannedPhone, Terms } from '../../lib/ledger/run/plan.ts';
import type { RunFacts } from '../../lib/run/state/steps/next-step.ts';
import { type OpenRun, toOpenRun } from '../../lib/run/state/open-run.ts';

export const T0 = Date.UTC(2026, 0, 2, 2, 30);
export const MINUTE = 60_000;

export const terms: Terms = {
  include: ['/data/data'],
  exclude: [],
  bucket: 'my-phone-backups',
  folder: 'nightly/20260102',
  deadline: 120 * MINUTE,
  export_timeout: 60 * MINUTE,
  wait_for_phones: 10 * MINUTE,
  max_in_flight_per_server: 4,
  attempts: 2,
  notify: { when: 'always', language: 'en' },
};

export function plannedPhone(id: string, changes: Partial<PlannedPhone> = {}): PlannedPhone {
  return { phone_id: id, phone_name: `game-${id}`, server_id: 's1', status: 'running', ...changes };
}

export function phoneWith(events: RunEvent[], changes: Partial<PlannedPhone> = {}): PhoneState {
  const state = fold(startState([plannedPhone('p1', changes)]), events);
  const phone = state.phones.get('p1');
  if (phone === undefined) throw new Error('no phone');
  return phone;
}

export function runFacts(changes: Partial<RunFacts> = {}): RunFacts {
  return { terms, startedAt: T0, watchMs: 5 * MINUTE, ...changes };
}

/** A planned run in memory, without a ledger under it. */
export function openRun(
  runId: string,
  phones: PlannedPhone[],
  changes: { trigger?: 'timer' | 'http' | 'manual' | 'restore'; terms?: Partial<Terms> } = {},
): OpenRun {
  const request = {
    run_id: runId,
    policy: 'nightly',
    trigger: changes.trigger ?? ('timer' as const),
    slot: '20260102T023000Z',
  };
  const plan: Plan = {
    request,
    slot: request.slot,
    started_at: T0,
    terms: { ...terms, ...changes.terms },
    listing_complete: true,
    selected: phones.length,
    parts: [],
  };
  const run = toOpenRun({
    ...{ runId, requestedAt: T0, request, plan, report: undefined },
    ...{ state: startState(phones), logMark: new Set(), loggedMetrics: new Map() },
  });
  run.unwritten.flushedAt = T0;
  return run;
}
