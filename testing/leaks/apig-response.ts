import {
  withApigResponse as respond,
  type ApigResponse,
  toApigResponse as convert,
} from '../../lib/runtime/apig-response.ts';
import { checkText } from './check-text.ts';

export type * from '../../lib/runtime/apig-response.ts';

function checkResponse(response: ApigResponse): ApigResponse {
  checkText('http', JSON.stringify(response.headers) + response.body);
  return response;
}

/** The API's responses, each checked for leaks. */
export const toApigResponse: typeof convert = async (response) =>
  checkResponse(await convert(response));

export const withApigResponse: typeof respond = async (...args) =>
  checkResponse(await respond(...args));
