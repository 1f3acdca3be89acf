// @ts-check
'use strict';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];
const MAX_LINE = 90 * 1024;

/**
 * @typedef {object} ContextData
 * @property {string} requestId
 * @property {string} functionName
 * @property {string} package
 * @property {string} version
 * @property {string} alias
 * @property {string} projectId
 * @property {number} timeoutMs
 * @property {string} memory
 * @property {string} cpu
 * @property {Record<string, string>} userData
 * @property {{ token: string, accessKey: string, secretKey: string, securityToken: string }} credentials
 */

/**
 * Returns the second argument of a handler (functiongraph_02_0501), with the quirks of the real runtime.
 * @param {ContextData} data @param {() => number} now @param {(line: string) => void} write
 */
function createContext(data, now, write) {
  const { requestId, credentials, userData } = data;
  const started = now();
  return {
    getRequestID: () => requestId,
    getRemainingTimeInMilliSeconds: () => started + data.timeoutMs - now(),
    // Despite its name it returns the time limit, in milliseconds.
    getRunningTimeInSeconds: () => data.timeoutMs,
    getUserData: (/** @type {string} */ key) =>
      Object.prototype.hasOwnProperty.call(userData, key) ? userData[key] : undefined,
    getFunctionName: () => data.functionName,
    getVersion: () => data.version,
    getAlias: () => data.alias,
    getPackage: () => data.package,
    getMemorySize: () => data.memory,
    getCPUNumber: () => data.cpu,
    getProjectID: () => data.projectId,
    getToken: () => credentials.token,
    getSecurityAccessKey: () => credentials.accessKey,
    getSecuritySecretKey: () => credentials.secretKey,
    getSecurityToken: () => credentials.securityToken,
    // Deprecated: they exist but return nothing.
    getAccessKey: () => '',
    getSecretKey: () => '',
    getWorkflowID: () => '',
    getWorkflowRunID: () => '',
    getWorkflowStateID: () => '',
    getLogger: () => createLogger(requestId, now, write),
  };
}

/** @param {string} requestId @param {() => number} now @param {(line: string) => void} write */
function createLogger(requestId, now, write) {
  let minLevel = LEVELS.indexOf('INFO');
  const line = (/** @type {string} */ level) => (/** @type {unknown} */ message) => {
    if (LEVELS.indexOf(level) < minLevel) return;
    const text =
      typeof message === 'string' ? message : (JSON.stringify(message) ?? String(message));
    const time = `${new Date(now()).toISOString().slice(0, 19)}Z`;
    for (let at = 0; at === 0 || at < text.length; at += MAX_LINE) {
      write(`${time} ${requestId} ${level} ${text.slice(at, at + MAX_LINE)}`);
    }
  };
  return {
    debug: line('DEBUG'),
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    setLevel: (/** @type {unknown} */ level) => {
      const index = LEVELS.indexOf(String(level).toUpperCase());
      if (index >= 0) minLevel = index;
    },
  };
}

module.exports = { createContext };
