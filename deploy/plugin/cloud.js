import core from '@huaweicloud/huaweicloud-sdk-core';
import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { DefaultHttpClient } from '@huaweicloud/huaweicloud-sdk-core/http/DefaultHttpClient.js';
import fg from '@huaweicloud/huaweicloud-sdk-functiongraph/v2/public-api.js';
import { serviceError } from './errors.js';

const TIMEOUT_MS = 60_000;
const UPLOAD_TIMEOUT_MS = 300_000;
const TRIES = 4;
/** A read may be tried again whatever went wrong; a change only where it was surely not carried out. */
const REFUSED_UNTOUCHED = [429, 503];
const SAME_CODE = /\b(same|identical|unchanged|not changed)\b|相同|一致|未变/i;

const nothing = () => undefined;
/** The SDK would print whole requests, keys included. */
const silent = /** @type {any} */ ({
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
});

/**
 * The calls of a deployment, on the official SDK: with a time limit, without its log, and with errors that say what to do.
 * @param {import('./types.js').Account} account
 * @param {(ms: number) => Promise<void>} sleep
 * @returns {import('./types.js').Cloud}
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
  const quick = /** @type {any} */ (new fg.FunctionGraphClient(httpOf(TIMEOUT_MS)));
  const patient = /** @type {any} */ (new fg.FunctionGraphClient(httpOf(UPLOAD_TIMEOUT_MS)));
  // The SDK for LTS is not in the registry; this is its ListLogs.
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
   * @param {{ reads?: boolean, client?: any }} [how]
   */
  const call = async (operation, request, { reads = false, client = quick } = {}) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await client[operation](request);
      } catch (error) {
        const failure = serviceError(operation, error);
        const again =
          REFUSED_UNTOUCHED.includes(failure.status ?? 0) ||
          (reads && (failure.status === undefined || failure.status >= 500));
        if (!again || attempt === TRIES) throw failure;
        await sleep(1_000 * 2 ** attempt);
      }
    }
  };
  /**
   * @template T
   * @param {Promise<T>} answer
   */
  const orUndefined = (answer) =>
    answer.catch((error) => {
      if (error.status === 404) return undefined;
      throw error;
    });
  /** @param {string} urn */
  const at = (urn) => ({ function_urn: urn });
  /** @param {string} urn @param {import('./types.js').ActualTrigger} trigger */
  const atTrigger = (urn, { trigger_id, trigger_type_code }) => ({
    ...at(urn),
    trigger_id,
    trigger_type_code,
  });

  return {
    showFunction: (urn) => orUndefined(call('showFunctionConfig', at(urn), { reads: true })),
    createFunction: (body) => call('createFunction', { body }, { client: patient }),
    async updateCode(urn, zip) {
      const body = {
        code_type: 'zip',
        code_filename: 'code.zip',
        func_code: { file: zip.toString('base64') },
      };
      try {
        await call('updateFunctionCode', { ...at(urn), body }, { client: patient });
        return 'changed';
      } catch (error) {
        // The same code once more is an error to FunctionGraph. FSS.0409 is any conflict; only the text tells this one.
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
      orUndefined(call('showFunctionAsyncInvokeConfig', at(urn), { reads: true })),
    putAsync: (urn, body) => call('updateFunctionAsyncInvokeConfig', { ...at(urn), body }),
    deleteAsync: (urn) => call('deleteFunctionAsyncInvokeConfig', at(urn)),
    async listTriggers(urn) {
      const answer = await call('listFunctionTriggers', at(urn), { reads: true });
      // A bare list with a status on it, though the SDK's type says that it is in `body`.
      const list = Array.isArray(answer) ? answer : answer.body;
      return Array.isArray(list) ? [...list] : [];
    },
    createTrigger: (urn, body) => call('createFunctionTrigger', { ...at(urn), body }),
    setTriggerStatus: (urn, trigger, trigger_status) =>
      call('updateTrigger', { ...atTrigger(urn, trigger), body: { trigger_status } }),
    deleteTrigger: (urn, trigger) => call('deleteFunctionTrigger', atTrigger(urn, trigger)),
    async invoke(urn, event) {
      const answer = await call(
        'invokeFunction',
        { ...at(urn), body: event, 'X-Cff-Log-Type': 'tail', 'X-CFF-Request-Version': 'v1' },
        { client: patient },
      );
      const { request_id = '', result = '', log = '', status = 0 } = answer;
      return { requestId: request_id, result, log, status };
    },
    async showLogPlace(urn) {
      const place = await orUndefined(call('showLtsLogDetails', at(urn), { reads: true }));
      return place?.group_id ? place : undefined;
    },
    async queryLogs({ group_id, stream_id }, data) {
      const path = `groups/${group_id}/streams/${stream_id}/content/query`;
      const answer = await call('listLogs', { path, data }, { reads: true, client: lts });
      return Array.isArray(answer.logs) ? answer.logs : [];
    },
  };
}
