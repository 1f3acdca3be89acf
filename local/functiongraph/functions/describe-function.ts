import { chinaTime } from '../model/china-time.ts';
import type { FunctionRecord } from '../model/function.ts';
import { functionUrn, type Place } from '../model/urn.ts';

/** The function model that the API returns. The values of encrypted user data are blank. */
export function describeFunction(record: FunctionRecord, place: Place): Record<string, unknown> {
  const { config, code } = record;
  return {
    func_id: record.id,
    resource_id: `${record.id}:${record.name}`,
    func_urn: functionUrn(record, place),
    func_name: record.name,
    domain_id: place.domainId,
    namespace: place.projectId,
    project_name: place.region,
    package: record.package,
    runtime: config.runtime,
    timeout: config.timeout,
    handler: config.handler,
    memory_size: config.memory_size,
    cpu: 300,
    code_type: code.type,
    code_url: code.url,
    code_filename: code.filename,
    code_size: code.bytes.length,
    user_data: textOf(config.userData),
    encrypted_user_data: textOf(withBlankValues(config.encryptedUserData)),
    digest: code.digest,
    version: 'latest',
    image_name: `latest-${code.digest.slice(0, 12)}`,
    xrole: config.xrole,
    app_xrole: config.app_xrole,
    description: config.description,
    last_modified: chinaTime(record.lastModified),
    func_vpc: null,
    depend_version_list: [],
    strategy_config: { concurrency: record.maxInstances, concurrent_num: 1 },
    initializer_handler: config.initializer?.handler ?? '',
    initializer_timeout: config.initializer?.timeout ?? 0,
    pre_stop_handler: config.preStop?.handler ?? '',
    pre_stop_timeout: config.preStop?.timeout ?? 0,
    enterprise_project_id: config.enterprise_project_id,
    long_time: config.timeout > 900,
    log_group_id: config.log?.group_id ?? '',
    log_stream_id: config.log?.stream_id ?? '',
    enable_lts_log: config.log !== undefined,
    ...(config.lts_custom_tag ? { lts_custom_tag: config.lts_custom_tag } : {}),
    ...(config.network_controller ? { network_controller: config.network_controller } : {}),
    domain_names: config.domain_names,
    ephemeral_storage: config.ephemeral_storage,
    type: config.type,
    enable_dynamic_memory: config.enable_dynamic_memory,
    is_stateful_function: false,
    is_bridge_function: false,
    enable_auth_in_header: false,
  };
}

/** The shorter model that the calls about code return. */
export function describeCode(record: FunctionRecord, place: Place): Record<string, unknown> {
  const all = describeFunction(record, place);
  const names = [
    'func_urn',
    'func_name',
    'domain_id',
    'runtime',
    'code_type',
    'code_url',
    'code_filename',
    'code_size',
    'digest',
    'last_modified',
    'depend_version_list',
    'strategy_config',
  ];
  const { code } = record;
  const file = code.type === 'inline' ? Buffer.from(code.bytes).toString('base64') : '';
  return {
    ...Object.fromEntries(names.map((name) => [name, all[name]])),
    func_code: { file, link: '' },
  };
}

function textOf(data: Record<string, string>): string {
  return Object.keys(data).length === 0 ? '' : JSON.stringify(data);
}

function withBlankValues(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(data).map((name) => [name, '']));
}
