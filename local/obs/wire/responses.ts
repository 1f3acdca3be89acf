import type { ObsError } from './error.ts';
import { type Xml, xmlDocument } from './write-xml.ts';

const HOST_ID = Buffer.from('phonevault-embedded-obs').toString('base64');

export function xmlAnswer(root: Xml, region: string): Response {
  const body = xmlDocument(root, `http://obs.${region}.myhuaweicloud.com/doc/2015-06-30/`);
  return new Response(body, { headers: { 'content-type': 'application/xml' } });
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

/** A refusal in XML; to a HEAD, as to a GET with 304, without a body. */
export function errorAnswer(
  error: ObsError,
  facts: { method: string; resource: string; requestId: string },
): Response {
  const { method, resource, requestId } = facts;
  if (method === 'HEAD' || error.status === 304) return emptyAnswer(error.status);
  const body = xmlDocument([
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ['Resource', resource],
      ['RequestId', requestId],
      ['HostId', HOST_ID],
    ],
  ]);
  return new Response(body, {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
  });
}

/** Puts the headers on that every answer of OBS has. */
export function stamped(answer: Response, requestId: string): Response {
  answer.headers.set('x-amz-request-id', requestId);
  answer.headers.set('x-amz-id-2', HOST_ID);
  answer.headers.set('server', 'OBS');
  return answer;
}
