import * as z from 'zod';
import { PhonevaultError } from '../errors.ts';
import { PolicyInvalid } from '../run/state/read-policy.ts';

/** RFC 9457 problem details, with a code for programs and the errors in a body or query. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('A stable code for programs.'),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('The errors in a body, a query or a policy file; at most 20.'),
});

export type ProblemBody = z.infer<typeof problemSchema>;

/** A response other than success, as an error. */
export class Problem extends Error {
  readonly body: ProblemBody;
  readonly headers: Record<string, string>;

  constructor(body: ProblemBody, headers: Record<string, string> = {}) {
    super(body.detail);
    this.name = 'Problem';
    this.body = body;
    this.headers = headers;
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** Returns the body of a problem. `detail` is for people and quotes nothing that the caller sent. */
export function problemBody(
  status: number,
  code: string,
  detail: string,
  errors?: ProblemBody['errors'],
): ProblemBody {
  return {
    type: `urn:phonevault:problem:${code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail,
    code,
    ...(errors === undefined ? {} : { errors }),
  };
}

export function problem(
  status: number,
  code: string,
  detail: string,
  options: { headers?: Record<string, string>; errors?: ProblemBody['errors'] } = {},
): Problem {
  return new Problem(problemBody(status, code, detail, options.errors), options.headers);
}

/** In one problem. */
export const MAX_ERRORS = 20;

const RETRY_AFTER = { 'retry-after': '30' };

/** Returns an error as a problem. Of errors that the caller did not cause it has the code, and of an object of the ledger what to do. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof PhonevaultError)) {
    return problem(500, 'internal', 'Internal error. See the function log.');
  }
  if (error instanceof PolicyInvalid) {
    const errors = error.errors
      .slice(0, MAX_ERRORS)
      .map(({ path, message }) => ({ path, message }));
    return problem(422, error.code, 'The policy file is invalid.', { errors });
  }
  const { code, message, hint } = error;
  const detail = hint === undefined ? message : `${message}: ${hint}`;
  switch (code) {
    case 'policy_not_found':
      return problem(404, code, 'Policy not found.');
    case 'not_found':
      return problem(404, code, detail);
    case 'policy_invalid':
      return problem(422, code, detail);
    case 'event_invalid':
      return problem(400, code, detail);
    case 'conflict':
      return problem(409, code, 'This key was used for another request. Use a new one.');
    case 'object_unreadable':
      return problem(503, code, detail, { headers: RETRY_AFTER });
    case 'object_invalid':
    case 'object_newer':
    case 'archive_changed':
    case 'archive_broken':
    case 'object_unwritable':
      return problem(500, code, detail);
    case 'throttled':
    case 'service':
    case 'unreachable':
    case 'time_up':
    case 'lease_lost':
      return problem(503, code, 'A cloud service is unavailable. Try again later.', {
        headers: RETRY_AFTER,
      });
    case 'credentials_missing':
    case 'credentials_refused':
    case 'clock_skew':
    case 'access_denied':
    case 'bucket_missing':
    case 'setting_invalid':
      return problem(500, code, 'Phonevault is misconfigured. See the function log.');
  }
}

export function problemResponse(body: ProblemBody, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}
