/** An error as a service returns it. */
export type ErrorFacts = { status: number; code: string; message: string; requestId: string };

/** Returns a JSON response; `requestId` becomes the header that every service sends. */
export function jsonResponse(status: number, body: unknown, requestId?: string): Response {
  const headers: Record<string, string> = { 'content-type': 'application/json;charset=UTF-8' };
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  return new Response(JSON.stringify(body), { status, headers });
}

/** Returns an error in the form of the gateway and CPH (APIGW.*, CPS.*). */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  requestId: string,
): Response {
  const body = { error_msg: message, error_code: code, request_id: requestId };
  return jsonResponse(status, body, requestId);
}

/** Returns an error in the form of the given service: XML for OBS, else JSON. */
export function errorResponse(service: string, error: ErrorFacts): Response {
  const { status, code, message, requestId } = error;
  if (service === 'obs') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(code)}</Code><Message>${escape(message)}</Message><RequestId>${requestId}</RequestId></Error>`;
    return new Response(body, {
      status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    });
  }
  if (service === 'smn' && !code.startsWith('APIGW')) {
    return jsonResponse(status, { request_id: requestId, code, message }, requestId);
  }
  return gatewayError(status, code, message, requestId);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
