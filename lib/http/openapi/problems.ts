import { problemBody } from '../problem.ts';

type Described = {
  name: string;
  description: string;
  example: ReturnType<typeof problemBody>;
  headers?: Record<string, string>;
};

/** What each status of a problem means, in the OpenAPI document. 405 has no place there: it belongs to no operation. */
export const described: Record<number, Described> = {
  400: {
    name: 'BadRequest',
    description: 'The body, the query or the idempotency key is invalid; `errors` has the paths.',
    example: problemBody(400, 'body_invalid', 'Invalid body.', [
      { path: 'policy', message: 'must be a policy name: 1 to 32 of a-z 0-9 and -' },
    ]),
  },
  401: {
    name: 'Unauthorized',
    description:
      'The bearer token is missing, unknown or expired; or the signature of a webhook is incomplete, wrong or too old.',
    example: problemBody(401, 'token_expired', 'Token expired.'),
    headers: { 'WWW-Authenticate': 'The scheme and the realm.' },
  },
  403: {
    name: 'Forbidden',
    description: 'The token lacks the scope, or the webhook may not do this.',
    example: problemBody(403, 'forbidden', 'This token lacks the scope run.'),
  },
  404: {
    name: 'NotFound',
    description: 'The policy, the run or the phone does not exist.',
    example: problemBody(404, 'run_unknown', 'Run not found.'),
  },
  409: {
    name: 'Conflict',
    description: 'The idempotency key was used for another request, or the run has settled.',
    example: problemBody(409, 'run_settled', 'This run has already settled.'),
  },
  413: {
    name: 'ContentTooLarge',
    description: 'The body has more than 256 KB.',
    example: problemBody(413, 'body_too_large', 'The body has more than 262144 bytes.'),
  },
  422: {
    name: 'UnprocessableContent',
    description: 'The policy file is invalid; `errors` has the paths.',
    example: problemBody(422, 'policy_invalid', 'The policy file is invalid.', [
      { path: 'schedule.cron', message: 'must have six fields' },
    ]),
  },
  500: {
    name: 'InternalServerError',
    description:
      'Phonevault is misconfigured, an object of the ledger is invalid, or the function has an error: see its log.',
    example: problemBody(500, 'internal', 'Internal error. See the function log.'),
  },
  503: {
    name: 'ServiceUnavailable',
    description: 'A cloud service failed, or an object of the ledger cannot be read now.',
    example: problemBody(503, 'unreachable', 'A cloud service is unavailable. Try again later.'),
    headers: { 'Retry-After': 'Seconds to wait before the next try.' },
  },
};

/** The statuses that any operation may have. */
export const COMMON = [400, 401, 403, 413, 500, 503];

/** Returns the name of a status's response in the document. Throws if it is not described. */
export function problemName(status: number): string {
  const name = described[status]?.name;
  if (name === undefined) throw new TypeError(`status ${status} has no description`);
  return name;
}
