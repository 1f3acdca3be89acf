import {
  withApigResponse as answer,
  type ApigResponse,
  toApigResponse as toAnswer,
} from '../../lib/runtime/apig-response.ts';
import { witnessed } from './witness.ts';

export type * from '../../lib/runtime/apig-response.ts';

function told(given: ApigResponse): ApigResponse {
  witnessed('http', JSON.stringify(given.headers) + given.body);
  return given;
}

/** The answers of the API; looks at each. */
export const toApigResponse: typeof toAnswer = async (response) => told(await toAnswer(response));

export const withApigResponse: typeof answer = async (...args) => told(await answer(...args));
