export type Sent = {
  method?: string;
  path: string;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: string;
};
/** Returns a call as API gateways deliver it: in plain text or base64, below a path of the operator or not. */
export function eventOf(
  { method = 'GET', path, query = {}, headers = {}, body }: Sent,
  number: number,
) {
  if (path === '') return { trigger_type: 'TIMER', time: '2026-02-03T02:15:00Z' };
  const mount = number % 3 === 0 ? '/backup' : '';
  const text = number % 2 === 0 ? body : body && Buffer.from(body).toString('base64');
  return {
    httpMethod: method,
    path: `${mount}${path}`,
    pathParameters: { '': path.slice(1) },
    queryStringParameters: query,
    headers: { 'content-type': 'application/json', ...headers },
    body: text ?? '',
    isBase64Encoded: number % 2 === 1,
    requestContext: { apiId: 'a', requestId: `r${number}`, stage: 'RELEASE' },
  };
}
