/** An error of FunctionGraph: HTTP status, FSS code and message (its appendix of error codes). */
export class FssError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'FssError';
    this.status = status;
    this.code = code;
  }
}

const CODES = {
  'FSS.0400': [400, 'Invalid parameter.'],
  'FSS.0403': [403, 'Forbidden'],
  'FSS.0404': [404, 'The specified resource was not found.'],
  'FSS.0409': [409, 'The specified resource already exists.'],
  'FSS.0429': [429, 'Too many requests.'],
  'FSS.0500': [500, 'Internal server error.'],
  'FSS.1002': [400, 'Invalid function name.'],
  'FSS.1003': [400, 'Invalid function handler.'],
  'FSS.1004': [400, 'Invalid Package (function app).'],
  'FSS.1005': [400, 'Invalid runtime.'],
  'FSS.1006': [400, 'Invalid function code entry mode.'],
  'FSS.1007': [400, 'Invalid function memory.'],
  'FSS.1008': [400, 'Invalid function timeout.'],
  'FSS.1009': [400, 'Invalid function UserData.'],
  'FSS.1010': [400, 'Invalid URL.'],
  'FSS.1011': [400, 'Invalid function code.'],
  'FSS.1012': [400, 'The function code must be configured.'],
  'FSS.1015': [400, 'Invalid function version.'],
  'FSS.1017': [400, 'The number of items in the UserData field exceeds the limit (20).'],
  'FSS.1018': [400, 'The total size of the UserData field exceeds the limit (2 KB).'],
  'FSS.1019': [400, 'The description exceeds the maximum allowed limit.'],
  'FSS.1026': [400, 'Invalid Concurrency.'],
  'FSS.1036': [400, 'The VPC does not exist.'],
  'FSS.1041': [403, 'The number of functions exceeds the maximum allowed limit.'],
  'FSS.1051': [404, 'The function does not exist.'],
  'FSS.1052': [404, 'The version does not exist.'],
  'FSS.1054': [404, 'The function app does not exist in OBS.'],
  'FSS.1056': [404, 'The dependency does not exist.'],
  'FSS.1061': [409, 'The function already exists.'],
  'FSS.1071': [413, 'The size of the code package to be uploaded exceeds the limit (50 MB).'],
  'FSS.1072': [413, 'The size of the inline code exceeds the maximum allowed limit (10 KB).'],
  'FSS.1101': [400, 'Invalid trigger type.'],
  'FSS.1102': [400, 'Invalid SMN trigger parameters.'],
  'FSS.1106': [400, 'Invalid OBS trigger parameters.'],
  'FSS.1107': [400, 'Invalid APIG trigger parameters.'],
  'FSS.1108': [403, 'The bucket configuration conflicts with that of an existing OBS trigger.'],
  'FSS.1109': [400, 'Invalid timer trigger parameters.'],
  'FSS.1121': [403, 'Forbidden'],
  'FSS.1122': [403, 'Forbidden'],
  'FSS.1131': [404, 'The trigger does not exist.'],
  'FSS.1141': [409, 'The SMN trigger already exists.'],
  'FSS.1146': [409, 'The APIG trigger already exists.'],
  'FSS.1147': [409, 'The request path already exists.'],
  'FSS.1148': [409, 'The timer trigger already exists.'],
  'FSS.1151': [406, 'The OBS bucket is in a different region.'],
  'FSS.1171': [404, 'The SMN topic does not exist. Create one on the SMN console.'],
  'FSS.1201': [413, 'The request body is too large.'],
  'FSS.1206': [500, 'The response of the function is not in the form that APIG needs.'],
  'FSS.1306': [400, 'The number of triggers exceeds the maximum allowed limit.'],
  'FSS.1307': [400, 'The trigger name already exists.'],
  'FSS.1309': [400, 'Invalid function URN.'],
  'FSS.1312': [400, 'The notification name must be specified.'],
  'FSS.1313': [400, 'The number of operation resources has reached the limit.'],
  'FSS.1314': [400, 'The operation resource must be specified.'],
  'FSS.1316': [400, 'The resource operation has already been selected.'],
  'FSS.1317': [400, 'The trigger name is too long.'],
  'FSS.1318': [400, 'Invalid trigger operation.'],
  'FSS.1404': [400, 'Invalid function initializer.'],
  'FSS.1405': [400, 'Invalid initialization timeout.'],
  'FSS.1417': [400, 'Invalid dedicated APIG trigger parameters.'],
} as const satisfies Record<string, readonly [number, string]>;

export type FssCode = keyof typeof CODES;

/** Returns the error of a code; `detail` is appended to its message. */
export function fss(code: FssCode, detail?: string): FssError {
  const [status, message] = CODES[code];
  return new FssError(status, code, detail === undefined ? message : `${message} (${detail})`);
}
