import type { FunctionConfig } from '../../../lib/cloud/functiongraph-schemas.ts';
import type { FunctionGraph } from '../../../lib/cloud/functiongraph.ts';
import { failed, skipped, type Verdict, verdictOf, worstOf } from '../finding/finding.ts';
import { deployFix, type FunctionKey, functionUrn } from './deployed.ts';
import { judgeAsync, judgeConfig } from './function-config.ts';
import { type Here, judgeSettings } from './function-settings.ts';

/** Without these two there are no backups. */
const REQUIRED: readonly FunctionKey[] = ['schedule', 'drive'];

/** Checks that a function is deployed with the configuration and settings that Phonevault needs. */
export async function checkFunction(
  functiongraph: Pick<FunctionGraph, 'showFunction' | 'showAsync'>,
  key: FunctionKey,
  { stage, here }: { stage: string; here: Here },
): Promise<Verdict> {
  const urn = functionUrn({ stage, ...here }, key);
  const fix = deployFix(stage);
  try {
    const config = await functiongraph.showFunction(urn);
    if (config === undefined) {
      return REQUIRED.includes(key)
        ? failed('is not deployed', `${fix}, or name another stage with --stage`)
        : skipped('is not deployed; it is optional');
    }
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

function goodText({ runtime, timeout }: FunctionConfig): string {
  return `${runtime}, ${timeout} s, settings as here`;
}
