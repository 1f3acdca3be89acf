import type { Iam } from './iam/service/service.ts';
import type { Time } from './simulation/time.ts';

// A function's clock is the model's, so what it is told is in model time too; everybody else is told the true time.

/** True for a request with the credentials of a function. */
export function isFromFunction({ headers }: Request, { tokens, keys }: Iam): boolean {
  const token = headers.get('x-auth-token');
  if (token !== null) return tokens.find(token)?.principal.inModelTime === true;
  const header = headers.get('authorization') ?? '';
  const accessKey = /(?:Access|Credential)=([0-9A-Z]+)/.exec(header)?.[1];
  return accessKey !== undefined && keys.find(accessKey)?.inModelTime === true;
}

/** The answer with the times in it, Last-Modified and `*_time`, in model time. */
export async function inModelTime(response: Response, time: Time): Promise<Response> {
  const shifted = (ms: number): Date => new Date(Math.round(time.modelOf(ms)));
  const { headers, status } = response;
  const modified = Date.parse(headers.get('last-modified') ?? '');
  if (!Number.isNaN(modified)) {
    headers.set('last-modified', shifted(modified).toUTCString());
    // The rest is an object's own content.
    return response;
  }
  const type = headers.get('content-type') ?? '';
  if (response.body === null || !/^application\/(?:json|xml)/.test(type)) return response;
  const text = (await response.text())
    .replace(/(?<=<LastModified>)[^<]+/g, (stamp) => shifted(Date.parse(stamp)).toISOString())
    .replace(
      /("\w+_time":")(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(?=[Z"])/g,
      (_, name: string, day: string, between: string, clock: string) => {
        const iso = shifted(Date.parse(`${day}T${clock}Z`)).toISOString();
        return `${name}${iso.slice(0, 10)}${between}${iso.slice(11, 19)}`;
      },
    );
  return new Response(text, { status, headers });
}
