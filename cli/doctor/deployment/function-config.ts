import type { AsyncConfig, FunctionConfig } from '../../../lib/cloud/functiongraph-schemas.ts';
import { failed, type Verdict, warning } from '../finding/finding.ts';
import type { FunctionKey } from './deployed.ts';

const RUNTIMES = ['Node.js20.15', 'Node.js18.15'];
const TIMEOUT_S = 60;

/** Returns what is wrong with a function's runtime, handler, timeout, agency and number of instances. */
export function judgeConfig(key: FunctionKey, config: FunctionConfig, fix: string): Verdict[] {
  const { runtime = '', handler, xrole } = config;
  const verdicts: Verdict[] = [];
  if (!RUNTIMES.includes(runtime)) {
    verdicts.push(failed(`its runtime is ${runtime}, not ${RUNTIMES.join(' or ')}`, fix));
  }
  if (handler !== `${key}.handler`) {
    verdicts.push(failed(`its handler is ${handler}, not ${key}.handler`, fix));
  }
  verdicts.push(...judgeTimeout(key, config.timeout, fix));
  if (xrole === undefined) {
    const text = 'it has no agency, so it has no credentials';
    verdicts.push(failed(text, `${fix}; for the agency see deploy/iam`));
  }
  return [...verdicts, ...judgeInstances(key, config.max_instances, fix)];
}

/** `timeout` in seconds. */
function judgeTimeout(key: FunctionKey, timeout: number | undefined, fix: string): Verdict[] {
  if (timeout === TIMEOUT_S) return [];
  const text = `its timeout is ${timeout ?? 'unknown'} s, not ${TIMEOUT_S}`;
  const isFailure = key === 'drive' || (timeout ?? 0) < TIMEOUT_S;
  return [isFailure ? failed(text, fix) : warning(text, fix)];
}

function judgeInstances(key: FunctionKey, instances: number | undefined, fix: string): Verdict[] {
  if (instances === 0) return [failed('it is disabled: its instances are limited to 0', fix)];
  if (key !== 'drive' || instances !== 1) return [];
  const text =
    'its instances are limited to 1: FunctionGraph discards a timer or a wake-up that meets a working drive, and reports a failure';
  return [warning(text, fix)];
}

/** Returns what is wrong with a function's asynchronous invocations: retries, and where failures go. */
export function judgeAsync(
  key: FunctionKey,
  rules: AsyncConfig | undefined,
  { topicUrn, fix }: { topicUrn: string | undefined; fix: string },
): Verdict[] {
  const verdicts: Verdict[] = [];
  const retries = rules?.max_async_retry_attempts;
  if (key === 'drive' && retries !== 0) {
    const found = retries === undefined ? 'the default of FunctionGraph' : `${retries}`;
    const text = `its asynchronous retries are ${found} instead of 0: two drives may overlap`;
    verdicts.push(failed(text, fix));
  }
  const failureTopic = topicOf(rules?.on_failure?.param);
  if (rules?.on_failure === undefined) {
    const text = 'nobody is notified when the function itself fails';
    verdicts.push(warning(text, `set PHONEVAULT_OPERATORS_TOPIC_URN and ${fix}`));
  } else if (failureTopic !== undefined && failureTopic === topicUrn) {
    const text = 'its failures go to the topic for notifications';
    verdicts.push(failed(text, `set PHONEVAULT_OPERATORS_TOPIC_URN to another topic and ${fix}`));
  }
  return verdicts;
}

/** Returns the topic in a destination's param, which is JSON text. */
function topicOf(param: string | undefined): string | undefined {
  const urn = /"topic_urn"\s*:\s*"([^"]+)"/.exec(param ?? '')?.[1];
  return urn === '' ? undefined : urn;
}
