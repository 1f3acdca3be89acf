import type { ApigData } from '../event-data/apig.ts';

/** A call at the gateway as its function gets it; bodies are Base64, header names lower case. */
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
    queryStringParameters: queryOf(query),
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

/** A name that comes twice has a list. */
function queryOf(query: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = Object.hasOwn(values, name) ? values[name] : undefined;
    const next = before === undefined ? value : [before, value].flat();
    Object.defineProperty(values, name, {
      value: next,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return values;
}
