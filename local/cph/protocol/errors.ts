import { gatewayError } from '../../http/responses.ts';

const MESSAGES: Record<string, string> = {
  'CPS.0001': 'You have no permission to perform this operation.',
  'CPS.0002': 'The offset or limit is invalid.',
  'CPS.0003': 'Internal error.',
  'CPS.0004': 'The cloud phone ID is invalid.',
  'CPS.0005': 'The cloud phone does not exist.',
  'CPS.0009': 'The cloud phone list is empty.',
  'CPS.0010': 'The status is invalid.',
  'CPS.0011': 'The job does not exist.',
  'CPS.0015': 'The server ID is invalid.',
  'CPS.0016': 'The server does not exist.',
  'CPS.0022': 'The cloud phone is not available.',
  'CPS.0042': 'The system is busy.',
  'CPS.0046': 'The project ID is invalid.',
  'CPS.0049': 'The request ID is empty.',
  'CPS.0050': 'No job was found for the request ID.',
  'CPS.0053': 'The cloud phone is frozen.',
  'CPS.0054': 'Handling the job timed out.',
  'CPS.0077': 'The phones list is invalid.',
  'CPS.0103': 'Failed to upload the file to the OBS bucket.',
  'CPS.0104': 'The file does not exist in the OBS bucket.',
  'CPS.0107': 'The OBS operation failed.',
  'CPS.0117': 'The command is invalid.',
  'CPS.0118': 'The content of the command is invalid.',
  'CPS.0134': 'The bucket_name is invalid.',
  'CPS.0135': 'The object_path is invalid.',
  'CPS.0141': 'The cloud phone is not running.',
  'CPS.0161': 'The number of request IDs exceeds the upper limit.',
  'CPS.0165': 'The cloud phone must be stopped or running.',
  'CPS.0167': 'The storage_infos is invalid.',
  'CPS.0168': 'The include_files is invalid.',
  'CPS.0169': 'The exclude_files is invalid.',
  'CPS.0170': 'The number of storage_infos exceeds the upper limit.',
  'CPS.0171': 'The restore_infos is invalid.',
  'CPS.0172': 'The object_path is unregistered.',
  'CPS.0190': 'The number of cloud phones exceeds the upper limit.',
  'CPS.0191': 'Run command failed.',
  'CPS.0199': 'The path is invalid.',
  'CPS.0346': 'Failed to obtain the token of the resource user.',
};

/** An error of a whole call. CPH returns all its errors with HTTP 400. */
export class CphError extends Error {
  readonly code: string;
  constructor(code: string, detail?: string) {
    super(detail === undefined ? messageOf(code) : `${messageOf(code)} ${detail}`);
    this.name = 'CphError';
    this.code = code;
  }
}

/** Returns the message of an error code. */
export function messageOf(code: string): string {
  return MESSAGES[code] ?? 'The request failed.';
}

/** Returns the response of an error. */
export function cphErrorResponse(error: CphError, requestId: string): Response {
  return gatewayError(400, error.code, error.message, requestId);
}
