import type { ObsError } from './error.ts';
import { type Xml, xmlDocument } from './write-xml.ts';

const HOST_ID = Buffer.from('phonevault-embedded-obs').toString('base64');

/** Returns an XML response in the namespace of the region. */
export function xmlResponse(root: Xml, region: string): Response {
  const body = xmlDocument(root, `http://obs.${region}.myhuaweicloud.com/doc/2015-06-30/`);
  return new Response(body, { headers: { 'content-type': 'application/xml' } });
}

/** Returns a response without a body. */
export function emptyResponse(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

/** Returns an error in XML; without a body for a HEAD and for 304. */
export function errorResponse(
  error: ObsError,
  facts: { method: string; resource: string; requestId: string },
): Response {
  const { method, resource, requestId } = facts;
  if (method === 'HEAD' || error.status === 304) return emptyResponse(error.status);
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

/** Adds the headers of every OBS response. */
export function withCommonHeaders(response: Response, requestId: string): Response {
  response.headers.set('x-amz-request-id', requestId);
  response.headers.set('x-amz-id-2', HOST_ID);
  response.headers.set('server', 'OBS');
  return response;
}
