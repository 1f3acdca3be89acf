/** An answer in JSON; `requestId` goes into the header that every service sends. */
export function jsonAnswer(status: number, body: unknown, requestId?: string): Response {
  const headers: Record<string, string> = { 'content-type': 'application/json;charset=UTF-8' };
  if (requestId !== undefined) headers['x-request-id'] = requestId;
  return new Response(JSON.stringify(body), { status, headers });
}

/** An error as the gateway and CPH write it (APIGW.*, CPS.*). */
export function gatewayError(
  status: number,
  code: string,
  message: string,
  requestId: string,
): Response {
  return jsonAnswer(
    status,
    { error_msg: message, error_code: code, request_id: requestId },
    requestId,
  );
}

/** An error in the form the given service uses: XML for OBS, else JSON. */
export function errorAnswer(
  service: string,
  status: number,
  code: string,
  message: string,
  requestId: string,
): Response {
  if (service === 'obs') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escape(code)}</Code><Message>${escape(message)}</Message><RequestId>${requestId}</RequestId></Error>`;
    return new Response(body, {
      status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
    });
  }
  if (service === 'smn' && !code.startsWith('APIGW')) {
    return jsonAnswer(status, { request_id: requestId, code, message }, requestId);
  }
  return gatewayError(status, code, message, requestId);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
