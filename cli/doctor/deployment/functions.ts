import type { AsyncConfig, FunctionConfig } from '../../../lib/cloud/functiongraph-schemas.ts';
import type { FunctionGraph } from '../../../lib/cloud/functiongraph.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readSettings, type Settings } from '../../../lib/runtime/settings.ts';
import { failed, skipped, type Verdict, verdictOf, warning, worstOf } from '../finding.ts';

export const functionNames = ['schedule', 'drive', 'http', 'event'] as const;
export type FunctionName = (typeof functionNames)[number];

/** Without these two there are no backups. */
const NEEDED: readonly FunctionName[] = ['schedule', 'drive'];
const RUNTIMES = ['Node.js20.15', 'Node.js18.15'];
const TIMEOUT_S = 60;

/** Settings of this environment; the functions must have the same. */
export type Here = Pick<Settings, 'region' | 'projectId' | 'bucket' | 'prefix' | 'topicUrn'>;

type Place = { stage: string; region: string; projectId: string };

/** Returns the name of a deployed function. */
export const nameOf = (stage: string, name: FunctionName): string => `phonevault-${stage}-${name}`;

export const urnOf = ({ stage, region, projectId }: Place, name: FunctionName): string =>
  `urn:fss:${region}:${projectId}:function:default:${nameOf(stage, name)}`;

/** Checks that a function is deployed with the configuration and settings that Phonevault needs. */
export async function checkFunction(
  functiongraph: Pick<FunctionGraph, 'showFunction' | 'showAsync'>,
  name: FunctionName,
  { stage, here }: { stage: string; here: Here },
): Promise<Verdict> {
  const urn = urnOf({ stage, ...here }, name);
  const fix = deployFix(stage);
  try {
    const config = await functiongraph.showFunction(urn);
    if (config === undefined) {
      return NEEDED.includes(name)
        ? failed('is not deployed', `${fix}, or name another stage with --stage`)
        : skipped('is not deployed; it is optional');
    }
    const rules = await functiongraph.showAsync(urn);
    const driveUrn = urnOf({ stage, ...here }, 'drive');
    return worstOf(
      [
        ...judgeConfig(name, config, fix),
        ...judgeAsync(name, rules, { topicUrn: here.topicUrn, fix }),
        ...judgeSettings(name, config.user_data, { here, driveUrn, fix }),
      ],
      goodText(name, config),
    );
  } catch (error) {
    return verdictOf(error, 'functiongraph:function:getConfig');
  }
}

export const deployFix = (stage: string): string =>
  `npx serverless deploy${stage === 'prod' ? '' : ` --stage ${stage}`}`;

function goodText(name: FunctionName, { runtime, timeout, max_instances }: FunctionConfig): string {
  const instances = name === 'drive' ? `, ${max_instances} instance` : '';
  return `${runtime}, ${timeout} s${instances}, settings as here`;
}

function judgeConfig(name: FunctionName, config: FunctionConfig, fix: string): Verdict[] {
  const { runtime = '', handler, timeout, xrole, max_instances: instances } = config;
  const verdicts: Verdict[] = [];
  if (!RUNTIMES.includes(runtime)) {
    verdicts.push(failed(`its runtime is ${runtime}, not ${RUNTIMES.join(' or ')}`, fix));
  }
  if (handler !== `${name}.handler`) {
    verdicts.push(failed(`its handler is ${handler}, not ${name}.handler`, fix));
  }
  if (timeout !== TIMEOUT_S) {
    const text = `its timeout is ${timeout ?? 'unknown'} s, not ${TIMEOUT_S}`;
    const isFailure = name === 'drive' || (timeout ?? 0) < TIMEOUT_S;
    verdicts.push(isFailure ? failed(text, fix) : warning(text, fix));
  }
  if (xrole === undefined) {
    verdicts.push(
      failed('it has no agency, so it has no credentials', `${fix}; for the agency see deploy/iam`),
    );
  }
  if (name === 'drive' && instances !== 1) {
    const found =
      instances === undefined || instances < 0 ? 'not limited' : `limited to ${instances}`;
    verdicts.push(failed(`its instances are ${found} instead of 1`, fix));
  }
  if (name !== 'drive' && instances === 0) {
    verdicts.push(failed('it is disabled: its instances are limited to 0', fix));
  }
  return verdicts;
}

function judgeAsync(
  name: FunctionName,
  rules: AsyncConfig | undefined,
  { topicUrn, fix }: { topicUrn: string | undefined; fix: string },
): Verdict[] {
  const verdicts: Verdict[] = [];
  const retries = rules?.max_async_retry_attempts;
  if (name === 'drive' && retries !== 0) {
    const found = retries === undefined ? 'the default of FunctionGraph' : `${retries}`;
    verdicts.push(
      failed(`its asynchronous retries are ${found} instead of 0: two drives may overlap`, fix),
    );
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

/** Compares the settings as the function reads them with those of this environment. None of them is secret. */
function judgeSettings(
  name: FunctionName,
  userData: Record<string, string>,
  { here, driveUrn, fix }: { here: Here; driveUrn: string; fix: string },
): Verdict[] {
  let there: Settings;
  try {
    there = readSettings(
      { getUserData: (key) => userData[key], getProjectID: () => here.projectId },
      { env: {}, needsTopic: name === 'drive' },
    );
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    return [failed(error.message.replaceAll('\n', '; '), `correct the setting and ${fix}`)];
  }
  const fields = [
    ['PHONEVAULT_REGION', here.region, there.region],
    ['PHONEVAULT_PROJECT_ID', here.projectId, there.projectId],
    ['PHONEVAULT_BUCKET', here.bucket, there.bucket],
    ['PHONEVAULT_PREFIX', here.prefix, there.prefix],
    ['PHONEVAULT_TOPIC_URN', here.topicUrn ?? there.topicUrn, there.topicUrn ?? here.topicUrn],
  ] as const;
  const differing = fields.flatMap(([setting, mine, its]): Verdict[] =>
    mine === its
      ? []
      : [
          failed(
            `${setting} is ${its} in the function and ${mine} here`,
            `correct the wrong one; then ${fix}`,
          ),
        ],
  );
  const target = there.driveUrn?.replace(/:latest$/, '');
  if (name === 'drive' || target === driveUrn) return differing;
  if (target === undefined) {
    const text = 'PHONEVAULT_DRIVE_URN is not set: requests wait for the next minute';
    return [...differing, warning(text, fix)];
  }
  return [...differing, failed(`PHONEVAULT_DRIVE_URN names another function: ${target}`, fix)];
}
