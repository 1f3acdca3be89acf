import type { FunctionConfig } from '../../../lib/cloud/functiongraph-schemas.ts';
import type { FunctionGraph } from '../../../lib/cloud/functiongraph.ts';
import { ago } from '../../text/time.ts';
import { failed, skipped, unknown, type Verdict, verdictOf, worstOf } from '../finding/finding.ts';
import { deployFix, type FunctionKey, functionUrn } from './deployed.ts';
import { judgeAsync, judgeConfig } from './function-config.ts';
import { type Here, judgeSettings } from './function-settings.ts';

/** Without these two there are no backups. */
const REQUIRED: readonly FunctionKey[] = ['schedule', 'drive'];

/** Someone who runs policies from cron does it at least once a day. */
const RECENT_MS = 26 * 60 * 60_000;

/** Checks that a function has the configuration and settings that Phonevault needs; undefined when it is not deployed. */
export async function checkFunction(
  functiongraph: Pick<FunctionGraph, 'showFunction' | 'showAsync'>,
  key: FunctionKey,
  { stage, here }: { stage: string; here: Here },
): Promise<Verdict | undefined> {
  const urn = functionUrn({ stage, ...here }, key);
  const fix = deployFix(stage);
  try {
    const config = await functiongraph.showFunction(urn);
    if (config === undefined) return undefined;
    const rules = await functiongraph.showAsync(urn);
    const driveUrn = functionUrn({ stage, ...here }, 'drive');
    return worstOf(
      [
        ...judgeConfig(key, config, fix),
        ...judgeAsync(key, rules, { topicUrn: here.topicUrn, fix }),
        ...judgeSettings(key, config.user_data, { here, driveUrn, fix }),
      ],
      goodText(config),
    );
  } catch (error) {
    return verdictOf(error, 'functiongraph:function:getConfig');
  }
}

/** Returns the verdict for a function that is not deployed while others are. */
export function judgeMissing(key: FunctionKey, stage: string): Verdict {
  return REQUIRED.includes(key)
    ? failed('is not deployed', `${deployFix(stage)}, or name another stage with --stage`)
    : skipped('is not deployed; it is optional');
}

/** Returns the verdict when no function is deployed: without them somebody must drive. Times in epoch ms. */
export function judgeNoFunctions(
  stage: string,
  lastDrive: number | 'unknown' | undefined,
  now: number,
): Verdict {
  const none = `no function of stage ${stage} is deployed`;
  const fix = `${deployFix(stage)}, or name another stage with --stage; without functions, let cron call phonevault run POLICY --drive`;
  if (lastDrive === 'unknown') {
    return unknown(
      `${none}; the ledger cannot be read, so whether runs are driven is unknown`,
      fix,
    );
  }
  if (lastDrive !== undefined && now - lastDrive <= RECENT_MS) {
    return skipped(
      `${none}: runs are driven with phonevault run --drive, last ${ago(now - lastDrive)}`,
    );
  }
  const last =
    lastDrive === undefined
      ? 'no drive has worked yet'
      : `the last drive worked ${ago(now - lastDrive)}`;
  return failed(`${none}, and ${last}`, fix);
}

function goodText({ runtime, timeout }: FunctionConfig): string {
  return `${runtime}, ${timeout} s, settings as here`;
}
