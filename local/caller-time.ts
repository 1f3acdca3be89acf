import type { Service } from './http/server.ts';
import type { Keys } from './iam/auth/keys.ts';
import type { Tokens } from './iam/auth/tokens.ts';
import type { Time } from './simulation/time.ts';
import type { Timeline } from './simulation/timeline.ts';

type CallerOptions = { keys: Keys; tokens: Tokens; time: Time; timeline: Timeline };

/**
 * Runs the events that are due, then the service, and dates its response. Functions run on simulated time, so they get all
 * times of a response in simulated time. Other callers get real time.
 */
export function withCallerTime(service: Service, options: CallerOptions): Service {
  const { time, timeline } = options;
  return async (request) => {
    await timeline.advance();
    const response = await service(request);
    const isFunction = isFromFunction(request, options);
    const now = isFunction ? time.simulated() : time.now();
    response.headers.set('date', new Date(now).toUTCString());
    return isFunction ? inSimulatedTime(response, time) : response;
  };
}

/** True for a request with the credentials of a function. */
function isFromFunction({ headers }: Request, { tokens, keys }: CallerOptions): boolean {
  const token = headers.get('x-auth-token');
  if (token !== null) return tokens.find(token)?.principal.usesSimulatedTime === true;
  const header = headers.get('authorization') ?? '';
  const accessKey = /(?:Access|Credential)=([0-9A-Z]+)/.exec(header)?.[1];
  return accessKey !== undefined && keys.find(accessKey)?.usesSimulatedTime === true;
}

/** Returns the response with Last-Modified, the times of XML and `*_time` in simulated time. */
async function inSimulatedTime(response: Response, time: Time): Promise<Response> {
  const simulated = (ms: number): Date => new Date(Math.round(time.toSimulated(ms)));
  const { headers, status } = response;
  const modified = Date.parse(headers.get('last-modified') ?? '');
  if (!Number.isNaN(modified)) {
    headers.set('last-modified', simulated(modified).toUTCString());
    // The body is the content of an object.
    return response;
  }
  const type = headers.get('content-type') ?? '';
  if (response.body === null || !/^application\/(?:json|xml)/.test(type)) return response;
  const text = (await response.text())
    .replace(/(?<=<(?:LastModified|CreationDate|Initiated)>)[^<]+/g, (stamp) =>
      simulated(Date.parse(stamp)).toISOString(),
    )
    .replace(/(?<="\w+_time":")\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?=[Z"])/g, (stamp) => {
      const iso = simulated(Date.parse(`${stamp.replace(' ', 'T')}Z`)).toISOString();
      return `${iso.slice(0, 10)}${stamp[10] ?? 'T'}${iso.slice(11, 19)}`;
    });
  return new Response(text, { status, headers });
}
