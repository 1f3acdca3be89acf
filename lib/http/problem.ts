import * as z from 'zod';
import { PhonevaultError } from '../errors.ts';
import { PolicyInvalid } from '../run/state/read-policy.ts';

/** RFC 9457, with a code for programs and the places of what is wrong with a body or query. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('What went wrong, as a word that programs can rely on.'),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('What is wrong with a body, a query or a policy file; at most 20.'),
});

export type ProblemBody = z.infer<typeof problemSchema>;

/** An answer other than success, thrown by whoever finds it out. */
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

/** The body of a problem. `detail` is for people and quotes nothing of what was sent. */
export function problemOf(
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
  return new Problem(problemOf(status, code, detail, options.errors), options.headers);
}

/** Of what is wrong with a body, a query or a policy. */
export const MAX_ERRORS = 20;

const RETRY_AFTER = { 'retry-after': '30' };

/** The problem that an error amounts to. Of errors that are not the caller's only the code is told. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof PhonevaultError)) {
    return problem(500, 'internal', 'Something failed that should not. The log says what.');
  }
  if (error instanceof PolicyInvalid) {
    const errors = error.errors
      .slice(0, MAX_ERRORS)
      .map(({ path, message }) => ({ path, message }));
    return problem(422, error.code, 'The policy file is invalid.', { errors });
  }
  const { code, message, hint } = error;
  const told = hint === undefined ? message : `${message}: ${hint}`;
  switch (code) {
    case 'policy_gone':
      return problem(404, code, 'There is no policy of this name.');
    case 'not_found':
      return problem(404, code, told);
    case 'policy_invalid':
      return problem(422, code, told);
    case 'event_invalid':
      return problem(400, code, told);
    case 'conflict':
      return problem(409, code, 'This key was used for another request. Take a new one.');
    case 'throttled':
    case 'service':
    case 'unreachable':
    case 'time_up':
    case 'lease_lost':
      return problem(503, code, 'A cloud service did not answer in time or refused. Try again.', {
        headers: RETRY_AFTER,
      });
    case 'credentials_missing':
    case 'credentials_refused':
    case 'clock_skew':
    case 'access_denied':
    case 'bucket_missing':
    case 'setting_invalid':
    case 'object_invalid':
    case 'object_newer':
      return problem(
        500,
        code,
        'Phonevault itself is not set up as it should be. Its log says why.',
      );
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
