/** Returns the body's bytes; undefined if there are more than `limit`. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (request.body === null) return new Uint8Array();
  if (Number(request.headers.get('content-length') ?? 0) > limit) return undefined;
  const body = new Uint8Array(await request.arrayBuffer());
  return body.byteLength > limit ? undefined : body;
}

/** Parses a body as JSON; undefined if it is not JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Parses a text as JSON; undefined if it is not JSON. */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
