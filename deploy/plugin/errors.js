import { visible } from './from-lib.js';

/** @typedef {{ region: string, projectId: string, endpoint: string }} Place where the call went */

/** An error that the user can fix: what happened and what to do. */
export class DeployError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ hint?: string, cause?: unknown, status?: number | undefined, serviceCode?: string | undefined, requestId?: string | undefined }} [more]
   */
  constructor(code, message, more = {}) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'DeployError';
    this.code = code;
    this.hint = more.hint;
    this.status = more.status;
    this.serviceCode = more.serviceCode;
    this.requestId = more.requestId;
  }
}

const KEYS =
  'check the keys, their security token and the clock of this machine (at most 15 minutes off)';
const PERMISSION =
  'the user of these keys has no permission: grant "FunctionGraph FullAccess", and CTS and APIG rights for their triggers (docs/deploy.md)';

const LOGS =
  'the user of these keys may not read logs: grant permission to read LTS (docs/deploy.md)';

// functiongraph appendix "error codes", and the gateway's.
/** @type {Record<string, string>} */
const HINTS = {
  'APIGW.0101': 'there is no such service at this address',
  'APIGW.0301': KEYS,
  'APIGW.0302': PERMISSION,
  'APIGW.0308': 'too many calls: wait a minute and deploy again',
  'FSS.0401': KEYS,
  'FSS.0403': PERMISSION,
  'FSS.0409': 'another client is changing this function: wait a minute and deploy again',
  'FSS.0413': 'the request is too large: use a smaller zip or fewer settings',
  'FSS.0429': 'too many calls or functions: wait a minute and deploy again',
  'FSS.1002':
    'a name has at most 60 letters, digits, - and _; a letter first, a letter or digit last: choose a shorter stage',
  'FSS.1005': 'this region does not offer the runtime: try --param runtime=Node.js18.15',
  'FSS.1018': 'user data has at most 20 entries and 4,096 characters, encrypted ones included',
  'FSS.1041': 'the account has reached its limit of functions',
  'FSS.1071': 'the zip is over 50 MB',
  'FSS.1051': 'the function is not deployed: npx serverless deploy',
  'FSS.1061': 'someone created a function of this name in the meantime: deploy again',
  'FSS.1101': 'FunctionGraph does not support this type of trigger in this region',
  'FSS.1102': 'check the topic of the SMN trigger',
  'FSS.1107': 'check the API group, environment and path of the APIG trigger',
  'FSS.1109': 'check schedule_type (Rate or Cron) and schedule of the timer; a cron has six fields',
  'FSS.1121': 'create the agency (deploy/iam) and pass its name: --param agency=NAME',
  'FSS.1122': 'the agency must trust FunctionGraph: cloud service, op_svc_cff (deploy/iam)',
  'FSS.1141': 'a trigger of this kind already exists: remove it, or deploy with --prune',
  'FSS.1145': 'a trigger of this name already exists: remove it, or deploy with --prune',
  'FSS.1146':
    'an APIG trigger of this name or path already exists: remove it, or choose another path',
  'FSS.1147':
    'another API of the group has this path: remove its trigger, give each stage its own API group, or set another path for functions.http in serverless.yml',
  'FSS.1148': 'a timer of this name already exists: remove it, or deploy with --prune',
  'FSS.1171': 'the topic does not exist in this project and region',
  'FSS.1201': 'the request is too large: use fewer or shorter settings',
  'FSS.1306': 'a function has at most 10 triggers',
  'FSS.1307':
    'another function has a CTS trigger of this name: remove it, or choose another name in serverless.yml',
  'FSS.1312': 'the CTS trigger needs a name',
  'FSS.1314': 'the CTS trigger needs operations',
  'FSS.1316': 'the CTS trigger lists an operation twice',
  'FSS.1318':
    'CTS does not know an operation of the trigger: look up its name for CPH, and pass --param ctsServiceType=NAME',
  'FSS.1417': 'check the API group, environment and path of the dedicated gateway trigger',
};

/** Codes that a project of another region gets, besides their other causes. */
const MAYBE_ELSEWHERE = [
  'APIGW.0101',
  'APIGW.0302',
  'APIGW.0307',
  'APIGW.0310',
  'APIGW.0802',
  'FSS.0403',
  'FSS.1309',
];

/**
 * Converts an error of the SDK. Drops its copy of the request, which contains secrets.
 * @param {string} operation
 * @param {unknown} error
 * @param {Place} place
 * @returns {DeployError}
 */
export function serviceError(operation, error, place) {
  const { httpStatusCode, errorCode, errorMsg, requestId } =
    /** @type {{ httpStatusCode?: number, errorCode?: unknown, errorMsg?: unknown, requestId?: string }} */ (
      error ?? {}
    );
  const serviceCode =
    typeof errorCode === 'string' || typeof errorCode === 'number' ? String(errorCode) : undefined;
  const text = typeof errorMsg === 'string' ? visible(errorMsg.slice(0, 300)) : 'no response';
  const code = serviceCode && visible(serviceCode);
  const parts = [httpStatusCode && `HTTP ${httpStatusCode}`, code, text].filter(Boolean);
  const general =
    (operation === 'listLogs' && httpStatusCode === 403 && LOGS) ||
    (serviceCode && HINTS[serviceCode]) ||
    generalHint(httpStatusCode, text, place);
  const hint = MAYBE_ELSEWHERE.includes(serviceCode ?? '')
    ? `${elsewhere(place)}\n${general}`
    : general;
  return new DeployError(
    'service',
    `${operation}: ${parts.join(' ')}${requestId ? ` (request ${visible(requestId)})` : ''}`,
    {
      hint,
      status: httpStatusCode,
      serviceCode,
      requestId,
    },
  );
}

/** @param {Place} place */
function elsewhere({ region, projectId }) {
  return `is ${region} the right region (PHONEVAULT_REGION, --param region=), and ${projectId} its project (PHONEVAULT_PROJECT_ID, --param projectId=)?`;
}

/** @param {number | undefined} status @param {string} text @param {Place} place */
function generalHint(status, text, { region, endpoint }) {
  const kept = 'completed steps are kept';
  if (status === undefined) {
    if (text.includes('ENOTFOUND')) {
      return `the host does not exist: is ${region} the right region (PHONEVAULT_REGION, --param region=)? If it is, check the endpoint and the network`;
    }
    if (text.includes('ECONNREFUSED') && endpoint.startsWith('http:')) {
      return 'nothing listens there: start the embedded cloud in another terminal, in this folder: npm run local';
    }
    return `check the endpoint and the network, then repeat the command: ${kept}`;
  }
  if (status === 401) return KEYS;
  if (status === 403) return PERMISSION;
  if (status >= 500 || status === 429) return `repeat the command: ${kept}`;
  return `fix the problem, then repeat the command: ${kept}`;
}
