/** The functions of serverless.yml. */
export const functions = ['schedule', 'drive', 'http', 'event'] as const;

export type FunctionKey = (typeof functions)[number];

type Place = { stage: string; region: string; projectId: string };

/** Returns the name of a deployed function: `phonevault-prod-drive`. */
export const functionName = (stage: string, key: FunctionKey): string =>
  `phonevault-${stage}-${key}`;

/** Returns the URN of a deployed function, without a version. */
export const functionUrn = ({ stage, region, projectId }: Place, key: FunctionKey): string =>
  `urn:fss:${region}:${projectId}:function:default:${functionName(stage, key)}`;

/** Returns the command that deploys a stage, as the fix of what is wrong with its functions. */
export const deployFix = (stage: string): string =>
  `in a checkout: npx serverless deploy${stage === 'prod' ? '' : ` --stage ${stage}`}`;
