import { readMarker } from './marker.js';

/**
 * Fields of the function model that serverless.yml does not speak of. An update of the settings takes what is left out back to
 * its default (functiongraph_06_0109), so what is set is sent again.
 */
const KEPT = [
  'func_vpc',
  'depend_version_list',
  'enterprise_project_id',
  'domain_names',
  'network_controller',
  'ephemeral_storage',
  'enable_dynamic_memory',
  'lts_custom_tag',
  'mount_config',
  'peering_cidr',
];

/** Kept too, but for a function that is taken over: they are hooks into code that is replaced. */
const HOOKS = [
  'initializer_handler',
  'initializer_timeout',
  'pre_stop_handler',
  'pre_stop_timeout',
];

/**
 * The body of createFunction and updateFunctionConfig.
 * @param {import('./types.js').Wanted} wanted
 * @param {import('./types.js').ActualFunction | undefined} actual
 * @param {string} description
 * @returns {Record<string, unknown>}
 */
export function body(wanted, actual, description) {
  return {
    ...kept(actual),
    func_name: wanted.name,
    runtime: wanted.runtime,
    handler: wanted.handler,
    memory_size: wanted.memorySize,
    timeout: wanted.timeout,
    description,
    xrole: wanted.agency,
    app_xrole: wanted.executionAgency,
    user_data: JSON.stringify(wanted.userData),
    ...(Object.keys(wanted.secrets).length === 0
      ? {}
      : { encrypted_user_data: JSON.stringify(wanted.secrets) }),
    ...logs(wanted.logs, actual),
    ...(actual === undefined
      ? {}
      : { strategy_config: { ...actual.strategy_config, concurrency: wanted.maxInstances } }),
  };
}

/** @param {import('./types.js').ActualFunction | undefined} actual */
function kept(actual) {
  if (actual === undefined) return {};
  const isOurs = readMarker(actual.description) !== undefined;
  const set = [...KEPT, ...(isOurs ? HOOKS : [])].filter((name) => {
    const value = actual[name];
    const empty = Array.isArray(value) && value.length === 0;
    return value !== undefined && value !== null && value !== '' && value !== 0 && !empty;
  });
  return Object.fromEntries(set.map((name) => [name, actual[name]]));
}

/**
 * A log group and stream that were chosen by hand stay.
 * @param {boolean} wanted
 * @param {import('./types.js').ActualFunction | undefined} actual
 */
function logs(wanted, actual) {
  if (!wanted) return { enable_lts_log: false };
  const { log_group_id = '', log_stream_id = '' } =
    actual ?? /** @type {Record<string, unknown>} */ ({});
  return {
    enable_lts_log: true,
    ...(log_group_id && log_stream_id
      ? { log_config: { group_id: log_group_id, stream_id: log_stream_id } }
      : {}),
  };
}
