import { jsonResponse } from '../../http/responses.ts';

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
};

/** Returns an error in Keystone's form, as /v3 does. */
export function keystoneError(status: number, message: string): Response {
  return jsonResponse(status, {
    error: { code: status, message, title: TITLES[status] ?? 'Error' },
  });
}

/** Returns an error in IAM's own form, as /v3.0/OS-CREDENTIAL does. */
export function iamError(status: number, code: string, message: string): Response {
  return jsonResponse(status, { error_code: code, error_msg: message });
}

/** Formats a time as IAM does: UTC with six decimal places. */
export function iamTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
