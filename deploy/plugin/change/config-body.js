import { readMarker } from './marker.js';

/** @import { ActualFunction, Desired } from '../types.js' */

/**
 * Fields of a function that serverless.yml does not set. An update resets missing fields to their defaults
 * (functiongraph_06_0109), so their values are sent again.
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

/** Kept too, unless the function is adopted: these hooks belong to code that the deployment replaces. */
const HOOKS = [
  'initializer_handler',
  'initializer_timeout',
  'pre_stop_handler',
  'pre_stop_timeout',
];

/**
 * Returns the body of createFunction and updateFunctionConfig.
 * @param {Desired} desired
 * @param {ActualFunction | undefined} actual
 * @param {string} description
 * @returns {Record<string, unknown>}
 */
export function body(desired, actual, description) {
  return {
    ...kept(actual),
    func_name: desired.name,
    runtime: desired.runtime,
    handler: desired.handler,
    memory_size: desired.memorySize,
    timeout: desired.timeout,
    description,
    xrole: desired.agency,
    app_xrole: desired.executionAgency,
    user_data: JSON.stringify(desired.userData),
    ...(Object.keys(desired.secrets).length === 0
      ? {}
      : { encrypted_user_data: JSON.stringify(desired.secrets) }),
    ...logs(desired.logs, actual),
    ...(actual === undefined
      ? {}
      : { strategy_config: { ...actual.strategy_config, concurrency: desired.maxInstances } }),
  };
}

/** @param {ActualFunction | undefined} actual */
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
 * Keeps a log group and stream that someone selected.
 * @param {boolean} desired
 * @param {ActualFunction | undefined} actual
 */
function logs(desired, actual) {
  if (!desired) return { enable_lts_log: false };
  const { log_group_id = '', log_stream_id = '' } =
    actual ?? /** @type {Record<string, unknown>} */ ({});
  return {
    enable_lts_log: true,
    ...(log_group_id && log_stream_id
      ? { log_config: { group_id: log_group_id, stream_id: log_stream_id } }
      : {}),
  };
}
