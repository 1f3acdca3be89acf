import type { Cloud as PluginCloud } from '../../../deploy/plugin/types.js';
import { deploy } from '../../../deploy/plugin/commands/deploy.js';
import { sha256 } from '../../../deploy/plugin/change/marker.js';
import { desiredFunction } from '../../../deploy/plugin/desired/desired-function.js';
import type { Finding } from '../../../cli/doctor/finding/finding.ts';
import type { Cloud } from '../../../local/cloud.ts';
import { rawRequest } from '../../../local/http/raw-request.ts';
import { definitions } from '../../deploy/plugin/serverless-yml.ts';
import { zipOf } from '../../local/support/functiongraph.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight, type CliNight } from './cli-night.ts';

export type DoctorNight = CliNight & {
  /** One check's finding of `phonevault doctor`, with its exit code; of a subject where a check has several. */
  finding(
    check: string,
    options?: { subject?: string; argv?: string[] },
  ): Promise<Finding & { code: number }>;
  /** All of them. */
  doctor(...argv: string[]): Promise<{ code: number; checks: Finding[] }>;
  /** A call of a service of the cloud, as its owner. */
  call(service: string, method: string, path: string, body?: unknown): Promise<unknown>;
  /** Deploys the functions of serverless.yml with the plugin, `environment` added to their settings. */
  deployed(environment?: Record<string, string>, runtime?: string): Promise<void>;
  urn(name: string): string;
};

/** A night in which everything is as it should be: functions deployed, a policy, a topic that is heard. */
export async function doctorNight(
  options: Parameters<typeof cliNight>[0] & { bare?: boolean } = {},
): Promise<DoctorNight> {
  const { bare = false, ...more } = options;
  const cli = await cliNight(more);
  const { cloud, clock } = cli.night;
  const world = cli.io.clock;
  // The limits of checks are longer than anything that is waited for here: they never end first.
  cli.io.clock = {
    now: world.now,
    sleep: (ms, signal) =>
      ms < 60_000
        ? clock.sleep(ms)
        : new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };
  const call = callInto(cloud);
  const night: DoctorNight = {
    ...cli,
    call,
    urn: (name) =>
      `urn:fss:${cloud.region}:${cloud.projectId}:function:default:phonevault-prod-${name}`,
    deployed: (environment, runtime) => deployInto(cloud, call, environment, runtime),
    async doctor(...argv) {
      const { code, out } = await cli.run('doctor', '--json', ...argv);
      return { code, checks: (JSON.parse(out) as { checks: Finding[] }).checks };
    },
    async finding(check, { subject, argv = [] } = {}) {
      const { code, checks } = await night.doctor(...argv);
      const found = checks.filter(
        (one) => one.check === check && (subject === undefined || one.subject === subject),
      );
      if (found.length !== 1 || found[0] === undefined) {
        throw new Error(`${found.length} findings of ${check} ${subject ?? ''}`);
      }
      return { ...found[0], code };
    },
  };
  if (!bare) {
    await cli.night.putPolicy(NIGHTLY);
    await night.deployed();
    await call(
      'smn',
      'POST',
      `/v2/${cloud.projectId}/notifications/topics/${cloud.topicUrn}/subscriptions`,
      {
        protocol: 'functionstage',
        endpoint: night.urn('event'),
      },
    );
  }
  return night;
}

function callInto(cloud: Cloud): DoctorNight['call'] {
  return async (service, method, path, body) => {
    const url = `https://${service}.${cloud.region}.myhuaweicloud.com${path}`;
    const headers = { 'x-auth-token': cloud.credentials.token };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await cloud.handle(rawRequest(url, init));
    const text = await response.text();
    if (!response.ok) throw Object.assign(new Error(text), { status: response.status });
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
}

async function deployInto(
  cloud: Cloud,
  call: DoctorNight['call'],
  environment: Record<string, string> = {},
  runtime = 'Node.js20.15',
): Promise<void> {
  const { region, projectId, topicUrn, bucket } = cloud;
  const zip = Buffer.from(zipOf({ 'index.js': 'exports.handler = async () => 1;' }), 'base64');
  const provider = {
    region,
    projectId,
    runtime,
    agency: 'phonevault',
    failureTopicUrn: `${topicUrn}-operators`,
    environment: {
      PHONEVAULT_REGION: region,
      PHONEVAULT_PROJECT_ID: projectId,
      PHONEVAULT_BUCKET: bucket,
      PHONEVAULT_TOPIC_URN: topicUrn,
      ...environment,
    },
  };
  const pieces = Object.entries(definitions({ apiGroup: 'g1' })).map(([key, definition]) => ({
    desired: desiredFunction({
      service: 'phonevault',
      stage: 'prod',
      provider,
      key,
      definition,
    }),
    code: { zip, digest: sha256(zip) },
  }));
  await deploy(pluginCloud(call, projectId), pieces, {}, () => undefined);
}

/** The calls of a deployment, made in this process. */
function pluginCloud(call: DoctorNight['call'], projectId: string): PluginCloud {
  const fgs = (method: string, path: string, body?: unknown) =>
    call('functiongraph', method, `/v2/${projectId}/fgs${path}`, body) as Promise<never>;
  const orUndefined = (error: Error & { status?: number }) => {
    if (error.status === 404) return undefined;
    throw error;
  };
  const unused = () => Promise.reject(new Error('no deployment calls this'));
  return {
    listFunctions: async () => [],
    showFunction: (urn) => fgs('GET', `/functions/${urn}/config`).catch(orUndefined),
    createFunction: (body) => fgs('POST', '/functions', body),
    updateCode: unused,
    updateConfig: (urn, body) => fgs('PUT', `/functions/${urn}/config`, body),
    setMaxInstances: (urn, max_instance_num) =>
      fgs('PUT', `/functions/${urn}/config-max-instance`, { max_instance_num }),
    deleteFunction: (urn) => fgs('DELETE', `/functions/${urn}`),
    showAsync: (urn) => fgs('GET', `/functions/${urn}/async-invoke-config`).catch(orUndefined),
    putAsync: (urn, body) => fgs('PUT', `/functions/${urn}/async-invoke-config`, body),
    deleteAsync: (urn) => fgs('DELETE', `/functions/${urn}/async-invoke-config`),
    listTriggers: (urn) => fgs('GET', `/triggers/${urn}`),
    createTrigger: (urn, body) => fgs('POST', `/triggers/${urn}`, body),
    setTriggerStatus: (urn, { trigger_type_code, trigger_id }, trigger_status) =>
      fgs('PUT', `/triggers/${urn}/${trigger_type_code}/${trigger_id}`, { trigger_status }),
    deleteTrigger: (urn, { trigger_type_code, trigger_id }) =>
      fgs('DELETE', `/triggers/${urn}/${trigger_type_code}/${trigger_id}`),
    invoke: unused,
    showLogStream: unused,
    queryLogs: unused,
  };
}
