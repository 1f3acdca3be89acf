import type { Trigger } from '../../../lib/cloud/functiongraph-schemas.ts';
import { hasCode } from '../../../lib/errors.ts';
import type { PolicyStatus } from '../../../lib/run/query/schemas/policy.ts';
import { deployFix, type FunctionKey } from './deployed.ts';
import { failed, ok, type Verdict, verdictOf, warning, worstOf } from '../finding/finding.ts';

type Policies = readonly Pick<PolicyStatus, 'policy' | 'state'>[];

/** The trigger types of each function. */
const TRIGGER_TYPES = {
  http: ['APIG', 'DEDICATEDGATEWAY'],
  event: ['CTS', 'SMN', 'EVENTGRID'],
} as const;

/**
 * Checks that a function has the triggers it needs; undefined when it is not deployed. `policies` is undefined when they could not
 * be read.
 */
export async function checkTriggers(
  list: () => Promise<Trigger[]>,
  key: FunctionKey,
  { stage, policies }: { stage: string; policies: Policies | undefined },
): Promise<Verdict | undefined> {
  let triggers: Trigger[];
  try {
    triggers = await list();
  } catch (error) {
    if (hasCode(error, 'not_found')) return undefined;
    return verdictOf(error, 'functiongraph:trigger:list');
  }
  const fix = deployFix(stage);
  switch (key) {
    case 'drive':
      return judgeDrive(triggers, fix);
    case 'schedule':
      return judgeSchedule(triggers, { fix, policies });
    case 'http':
    case 'event':
      return judgeTriggerTypes(triggers, TRIGGER_TYPES[key], fix);
  }
}

const textOf = ({ event_data: data }: Trigger, field: string): string => {
  const value = data[field];
  return typeof value === 'string' ? value.trim() : '';
};
const everyMinute = (timer: Trigger): boolean =>
  (textOf(timer, 'schedule_type') === 'Rate' && textOf(timer, 'schedule') === '1m') ||
  /^@every +(?:1m|60s)$/.test(textOf(timer, 'schedule'));

function timersOf(triggers: readonly Trigger[], fix: string): Trigger[] | Verdict {
  const timers = triggers.filter(({ trigger_type_code: type }) => type === 'TIMER');
  if (timers.length === 0) return failed('it has no timer', fix);
  const active = timers.filter(({ enabled }) => enabled);
  if (active.length > 0) return active;
  const names = timers.map((timer) => textOf(timer, 'name')).join(', ');
  return failed(`its timer is disabled: ${names}`, `enable it in the console, or ${fix}`);
}

function judgeDrive(triggers: readonly Trigger[], fix: string): Verdict {
  const timers = timersOf(triggers, fix);
  if (!Array.isArray(timers)) return timers;
  if (timers.some(everyMinute)) return ok('a timer calls it every minute');
  const found = timers.map((timer) => textOf(timer, 'schedule')).join(', ');
  return failed(`its timer is ${found} instead of Rate 1m: runs progress more slowly`, fix);
}

function judgeSchedule(
  triggers: readonly Trigger[],
  { fix, policies }: { fix: string; policies: Policies | undefined },
): Verdict {
  const timers = timersOf(triggers, fix);
  if (!Array.isArray(timers)) return timers;
  const named = timers.filter((timer) => textOf(timer, 'user_event') !== '');
  const plain = timers.filter((timer) => textOf(timer, 'user_event') === '');
  const good = [
    ...(plain.length > 0 ? ['a timer calls it every minute for all policies with a cron'] : []),
    ...(named.length > 0 ? [`${named.length} timers each start one policy`] : []),
  ];
  return worstOf(
    [...judgeNamed(named, policies), ...judgePlain(plain, named, { fix, policies })],
    good.join('; '),
  );
}

/** Checks timers that are the schedule of the policy in their user_event. */
function judgeNamed(named: readonly Trigger[], policies: Policies | undefined): Verdict[] {
  return named.flatMap((timer) => {
    const [name, policy, cron] = [
      textOf(timer, 'name'),
      textOf(timer, 'user_event'),
      textOf(timer, 'schedule'),
    ];
    const verdicts: Verdict[] = [];
    if (policies !== undefined && !policies.some((known) => known.policy === policy)) {
      const text = `timer ${name} names policy ${policy}, which does not exist`;
      verdicts.push(failed(text, 'correct its user_event, or upload the policy'));
    }
    if (textOf(timer, 'schedule_type') === 'Cron' && !cron.includes('CRON_TZ=')) {
      const text = `timer ${name} has no CRON_TZ: its time zone is unconfirmed`;
      verdicts.push(warning(text, 'write CRON_TZ=Asia/Shanghai (or yours) before the cron'));
    }
    return verdicts;
  });
}

/** Checks the timer for policies with a cron: needed unless each policy has its own timer. */
function judgePlain(
  plain: readonly Trigger[],
  named: readonly Trigger[],
  { fix, policies = [] }: { fix: string; policies: Policies | undefined },
): Verdict[] {
  if (plain.some(everyMinute)) return [];
  if (plain.length > 0) {
    const found = plain.map((timer) => textOf(timer, 'schedule')).join(', ');
    return [
      warning(`its timer is ${found} instead of Rate 1m: slots start late or are missed`, fix),
    ];
  }
  const own = new Set(named.map((timer) => textOf(timer, 'user_event')));
  const unserved = policies.filter(({ policy, state }) => state === 'active' && !own.has(policy));
  if (unserved.length === 0) return [];
  const names = unserved.map(({ policy }) => policy).join(', ');
  return [failed(`no timer starts ${names}`, `add a timer Rate 1m without user_event: ${fix}`)];
}

function judgeTriggerTypes(
  triggers: readonly Trigger[],
  types: readonly string[],
  fix: string,
): Verdict {
  const found = triggers
    .filter(({ trigger_type_code: type }) => types.includes(type))
    .filter(({ enabled }) => enabled);
  if (found.length === 0) {
    return warning(
      `nothing calls it: it has no trigger of type ${types.join(', ')}`,
      `see serverless.yml for its settings, then ${fix}`,
    );
  }
  return ok([...new Set(found.map(({ trigger_type_code: type }) => type))].join(', '));
}
