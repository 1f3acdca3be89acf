import type { ApigData } from '../event-data/apig.ts';

/** The event of a call at the gateway. The body is Base64, header names are lower case. */
export function apigEvent(call: {
  request: Request;
  path: string;
  query: string;
  host: string;
  body: Uint8Array;
  data: ApigData;
  apiId: string;
  requestId: string;
}): Record<string, unknown> {
  const { request, path, query, host, body, data, apiId, requestId } = call;
  const prefix = data.path.replace(/\/$/, '');
  const rest = data.match_mode === 'SWA' ? path.slice(prefix.length + 1) : '';
  return {
    requestContext: { apiId, requestId, stage: data.env_name },
    httpMethod: request.method,
    path,
    pathParameters: rest === '' ? {} : { '': rest },
    queryStringParameters: queryParameters(query),
    headers: {
      ...Object.fromEntries(request.headers),
      host,
      'x-request-id': requestId,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      'x-real-ip': '127.0.0.1',
    },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
}

/** A repeated name has a list of its values. */
function queryParameters(query: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const previous = Object.hasOwn(values, name) ? values[name] : undefined;
    const next = previous === undefined ? value : [previous, value].flat();
    Object.defineProperty(values, name, {
      value: next,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return values;
}
