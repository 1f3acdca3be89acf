import core from '@huaweicloud/huaweicloud-sdk-core';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js';
import fg from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/public-api.js';
import { serviceError } from './errors.js';

/** @import { Account, ActualTrigger, Cloud } from './types.js' */

const TIMEOUT_MS = 60_000;
const UPLOAD_TIMEOUT_MS = 300_000;
const MAX_ATTEMPTS = 4;
/** Reads are retried after any failure, changes only after these: the service carried out nothing. */
const NOT_CARRIED_OUT = [429, 503];
/** A host that does not exist, or where nothing listens. */
const LASTING = /ENOTFOUND|ECONNREFUSED/;
const SAME_CODE = /\b(same|identical|unchanged|not changed)\b|相同|一致|未变/i;

const nothing = () => undefined;
/** The SDK would log whole requests, keys included. */
const silent = /** @type {any} */ ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
});

/**
 * Returns whether a response is an object with these fields. Nothing may be changed or removed because of a response that is not.
 * @param {string[]} fields
 * @returns {(response: any) => boolean}
 */
const has =
  (...fields) =>
  (response) =>
    typeof response === 'object' && response !== null && fields.every((name) => response[name]);

/**
 * Returns the calls of a deployment over the official SDK, with timeouts, without its log, and with errors that contain a hint.
 * @param {Account} account
 * @param {(ms: number) => Promise<void>} sleep
 * @returns {Cloud}
 */
export function createCloud(account, sleep) {
  const { endpoint, ltsEndpoint, projectId, accessKey, secretKey, securityToken } = account;
  const credentials = new core.BasicCredentials()
    .withAk(accessKey)
    .withSk(secretKey)
    .withProjectId(projectId);
  if (securityToken) credentials.withSecurityToken(securityToken);

  /** @param {number} timeout @param {string} [url] */
  const httpOf = (timeout, url = endpoint) => {
    const axiosRequestConfig = { timeout, maxBodyLength: Infinity, maxRedirects: 0 };
    const http = new DefaultHttpClient({ logger: silent, axiosRequestConfig }, [url]);
    return new HcClient(http).withCredential(credentials).withEndpoints([url]);
  };
  const defaultClient = /** @type {any} */ (new fg.FunctionGraphClient(httpOf(TIMEOUT_MS)));
  const uploadClient = /** @type {any} */ (new fg.FunctionGraphClient(httpOf(UPLOAD_TIMEOUT_MS)));
  // The registry has no SDK for LTS; this is its ListLogs.
  const lts = {
    listLogs: (/** @type {any} */ { path, data }) =>
      httpOf(TIMEOUT_MS, ltsEndpoint).sendRequest({
        method: 'POST',
        url: `/v2/{project_id}/${path}`,
        contentType: 'application/json',
        queryParams: {},
        pathParams: {},
        headers: {},
        data,
      }),
  };

  /**
   * @param {string} operation
   * @param {object} request
   * @param {{ reads?: boolean, client?: any, isValid?: (response: any) => boolean }} [how]
   */
  const call = async (
    operation,
    request,
    { reads = false, client = defaultClient, isValid } = {},
  ) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await client[operation](request);
        if (isValid?.(response) === false) throw { errorMsg: 'the response cannot be read' };
        return response;
      } catch (error) {
        const failure = serviceError(operation, error, account);
        const mayPass =
          failure.status === undefined ? !LASTING.test(failure.message) : failure.status >= 500;
        const again = NOT_CARRIED_OUT.includes(failure.status ?? 0) || (reads && mayPass);
        if (!again || attempt === MAX_ATTEMPTS) throw failure;
        await sleep(1_000 * 2 ** attempt);
      }
    }
  };
  /**
   * @template T
   * @param {Promise<T>} response
   */
  const orUndefined = (response) =>
    response.catch((error) => {
      // Without a code of FunctionGraph, the address does not exist, not the function.
      if (error.status === 404 && error.serviceCode?.startsWith('FSS.')) return undefined;
      throw error;
    });
  /** @param {string} urn */
  const at = (urn) => ({ function_urn: urn });
  /** @param {string} urn @param {ActualTrigger} trigger */
  const atTrigger = (urn, { trigger_id, trigger_type_code }) => ({
    ...at(urn),
    trigger_id,
    trigger_type_code,
  });

  return {
    showFunction: (urn) =>
      orUndefined(
        call('showFunctionConfig', at(urn), { reads: true, isValid: has('func_urn', 'runtime') }),
      ),
    async listFunctions(func_name) {
      const request = { func_name, package_name: 'default', maxitems: '400' };
      const { functions } = await call('listFunctions', request, {
        isValid: (given) => Array.isArray(given?.functions),
      });
      return functions;
    },
    createFunction: (body) => call('createFunction', { body }, { client: uploadClient }),
    async updateCode(urn, zip) {
      const body = {
        code_type: 'zip',
        code_filename: 'code.zip',
        func_code: { file: zip.toString('base64') },
      };
      try {
        await call('updateFunctionCode', { ...at(urn), body }, { client: uploadClient });
        return 'changed';
      } catch (error) {
        // FunctionGraph rejects unchanged code. FSS.0409 stands for any conflict; only the text identifies this one.
        const { serviceCode, message } = /** @type {import('./errors.js').DeployError} */ (error);
        if (serviceCode === 'FSS.0409' && SAME_CODE.test(message)) return 'same';
        throw error;
      }
    },
    updateConfig: (urn, body) => call('updateFunctionConfig', { ...at(urn), body }),
    setMaxInstances: (urn, max_instance_num) =>
      call('updateFunctionMaxInstanceConfig', { ...at(urn), body: { max_instance_num } }),
    deleteFunction: (urn) => call('deleteFunction', at(urn)),
    showAsync: (urn) =>
      orUndefined(call('showFunctionAsyncInvokeConfig', at(urn), { reads: true, isValid: has() })),
    putAsync: (urn, body) => call('updateFunctionAsyncInvokeConfig', { ...at(urn), body }),
    deleteAsync: (urn) => call('deleteFunctionAsyncInvokeConfig', at(urn)),
    async listTriggers(urn) {
      // The SDK returns the list itself, though its type says that the list is in `body`.
      const listOf = (/** @type {any} */ response) => response?.body ?? response;
      const isTrigger = has('trigger_id', 'trigger_type_code', 'event_data');
      const response = await call('listFunctionTriggers', at(urn), {
        reads: true,
        isValid: (given) => Array.isArray(listOf(given)) && listOf(given).every(isTrigger),
      });
      return [...listOf(response)];
    },
    createTrigger: (urn, body) => call('createFunctionTrigger', { ...at(urn), body }),
    setTriggerStatus: (urn, trigger, trigger_status) =>
      call('updateTrigger', { ...atTrigger(urn, trigger), body: { trigger_status } }),
    deleteTrigger: (urn, trigger) => call('deleteFunctionTrigger', atTrigger(urn, trigger)),
    async invoke(urn, event) {
      const response = await call(
        'invokeFunction',
        { ...at(urn), body: event, 'X-Cff-Log-Type': 'tail', 'X-CFF-Request-Version': 'v1' },
        { client: uploadClient },
      );
      const { request_id = '', result = '', log = '', status = 0 } = response;
      return { requestId: request_id, result, log, status };
    },
    async showLogStream(urn) {
      const stream = await orUndefined(
        call('showLtsLogDetails', at(urn), { reads: true, isValid: has() }),
      );
      return stream?.group_id ? stream : undefined;
    },
    async queryLogs({ group_id, stream_id }, data) {
      const path = `groups/${group_id}/streams/${stream_id}/content/query`;
      const response = await call('listLogs', { path, data }, { reads: true, client: lts });
      return Array.isArray(response.logs) ? response.logs : [];
    },
  };
}
