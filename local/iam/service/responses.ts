import { jsonAnswer } from '../../http/responses.ts';

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
};

/** An error in Keystone's shape, as /v3 answers it. */
export function keystoneError(status: number, message: string): Response {
  return jsonAnswer(status, { error: { code: status, message, title: TITLES[status] ?? 'Error' } });
}

/** An error in IAM's own shape, as /v3.0/OS-CREDENTIAL answers it. */
export function iamError(status: number, code: string, message: string): Response {
  return jsonAnswer(status, { error_code: code, error_msg: message });
}

/** A time as IAM writes it: UTC with six digits after the point. */
export function iamTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
