import { hasCode, PhonevaultError } from '../errors.ts';
import { toProblem, problemBody, problemResponse } from '../http/problem.ts';
import type { Log } from './log.ts';

/** The only form that the gateway accepts; for any other it responds with a 500 of its own (FSS.1202, FSS.1206). */
export type ApigResponse = {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: false;
};

/** Returns a web response in the gateway's form. Its body must be text. */
export async function toApigResponse(response: Response): Promise<ApigResponse> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}

/**
 * Returns the response of `work` in the gateway's form. An event of another trigger gets a 400. Any other error outside the
 * application, such as an invalid setting, is logged in full and becomes a 500 with only its code. Never throws.
 */
export async function withApigResponse(
  log: Log,
  work: () => Response | Promise<Response>,
): Promise<ApigResponse> {
  try {
    return await toApigResponse(await work());
  } catch (error) {
    if (hasCode(error, 'event_invalid')) {
      log.warn('http_refused', { status: 400, code: error.code, error });
      return toApigResponse(problemResponse(toProblem(error).body));
    }
    log.error('invocation_failed', { error });
    const code = error instanceof PhonevaultError ? error.code : 'internal';
    const detail = 'Phonevault failed. See the function log.';
    return toApigResponse(problemResponse(problemBody(500, code, detail)));
  }
}
