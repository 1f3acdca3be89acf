import { hasCode, PhonevaultError } from '../errors.ts';
import { toProblem, problemBody, problemResponse } from '../http/problem.ts';
import type { Instance } from './invocation.ts';
import { createLog } from './log.ts';

/** The only form that the gateway takes; anything else is a 500 of its own (FSS.1202, FSS.1206). */
export type ApigResponse = {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  isBase64Encoded: false;
};

/** The gateway's form of a web response. Its body must be text. */
export async function toApigResponse(response: Response): Promise<ApigResponse> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}

/**
 * Answers a call. An event that is no call gets a 400 that says so. What else fails before the application has it, such as
 * a wrong setting, is logged in full and answered as a 500 that tells its code only: the caller cannot help it.
 */
export async function withApigResponse(
  instance: Pick<Instance, 'clock' | 'write'>,
  work: () => Response | Promise<Response>,
): Promise<ApigResponse> {
  try {
    return await toApigResponse(await work());
  } catch (error) {
    const log = createLog(instance.write, instance.clock);
    if (hasCode(error, 'event_invalid')) {
      log.warn('http_refused', { status: 400, code: error.code, error });
      return toApigResponse(problemResponse(toProblem(error).body));
    }
    log.error('invocation_failed', { error });
    const code = error instanceof PhonevaultError ? error.code : 'internal';
    const detail = 'Phonevault cannot answer. Its log says why.';
    return toApigResponse(problemResponse(problemBody(500, code, detail)));
  }
}
