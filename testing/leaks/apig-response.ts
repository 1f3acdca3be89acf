import {
  answering as answer,
  type ApigAnswer,
  toApigAnswer as toAnswer,
} from '../../lib/runtime/apig-response.ts';
import { witnessed } from './witness.ts';

export type * from '../../lib/runtime/apig-response.ts';

function told(given: ApigAnswer): ApigAnswer {
  witnessed('http', JSON.stringify(given.headers) + given.body);
  return given;
}

/** The answers of the API; looks at each. */
export const toApigAnswer: typeof toAnswer = async (response) => told(await toAnswer(response));

export const answering: typeof answer = async (...args) => told(await answer(...args));
