import { readFileSync } from 'node:fs';

const READY_FILE = process.env.PHONEVAULT_READY_FILE || '.phonevault/local.json';

/** Prints shell exports with the settings of the embedded cloud that runs in this folder. */
function main(): void {
  let ready: Record<string, string>;
  try {
    ready = JSON.parse(readFileSync(READY_FILE, 'utf8')) as Record<string, string>;
  } catch {
    console.error(
      `${READY_FILE} not found: start the embedded cloud in this folder with "npm run local"`,
    );
    process.exitCode = 1;
    return;
  }
  const { region, projectId } = ready;
  const variables = {
    PHONEVAULT_REGION: region,
    PHONEVAULT_PROJECT_ID: projectId,
    PHONEVAULT_BUCKET: ready.bucket,
    PHONEVAULT_TOPIC_URN: ready.topicUrn,
    PHONEVAULT_OPERATORS_TOPIC_URN: ready.operatorsTopicUrn,
    PHONEVAULT_DRIVE_URN: `urn:fss:${region}:${projectId}:function:default:phonevault-local-drive`,
    PHONEVAULT_CPH_ENDPOINT: ready.cph,
    PHONEVAULT_IAM_ENDPOINT: ready.iam,
    PHONEVAULT_OBS_ENDPOINT: ready.obs,
    PHONEVAULT_OBS_PATH_STYLE: ready.obsPathStyle,
    PHONEVAULT_SMN_ENDPOINT: ready.smn,
    PHONEVAULT_FUNCTIONGRAPH_ENDPOINT: ready.functiongraph,
    HUAWEICLOUD_SDK_AK: ready.accessKey,
    HUAWEICLOUD_SDK_SK: ready.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: ready.securityToken,
  };
  for (const [name, value] of Object.entries(variables)) console.log(`export ${name}='${value}'`);
}

main();
