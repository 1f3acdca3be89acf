/**
 * Returns a Request whose `url` is exactly the given text, and that has its body with any method. `new Request` alone resolves
 * `..`, re-encodes the path and refuses the body of a GET: all three would break the check of a signature.
 */
export function rawRequest(url: string, init: RequestInit & { duplex?: 'half' }): Request {
  const { method = 'GET', body } = init;
  const needsOther = body !== undefined && body !== null && (method === 'GET' || method === 'HEAD');
  const request = new Request(
    'http://raw.invalid/',
    needsOther ? { ...init, method: 'POST' } : init,
  );
  Object.defineProperty(request, 'url', { value: url });
  if (needsOther) Object.defineProperty(request, 'method', { value: method });
  return request;
}

export type Target = { host: string; path: string; query: string };

/** Returns host, path and query as sent, without decoding. */
export function targetOf(request: Request): Target {
  const url = request.url;
  const hostStart = url.indexOf('://') + 3;
  const fragment = url.indexOf('#');
  const end = fragment === -1 ? url.length : fragment;
  const hostEnd = hostStart + url.slice(hostStart, end).search(/[/?]|$/);
  const mark = url.indexOf('?', hostEnd);
  const pathEnd = mark === -1 || mark > end ? end : mark;
  return {
    host: url.slice(hostStart, hostEnd).toLowerCase(),
    path: url.slice(hostEnd, pathEnd) || '/',
    query: pathEnd === end ? '' : url.slice(pathEnd + 1, end),
  };
}

/** Percent-decodes a text; returns it unchanged if it is malformed. */
export function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Percent-encodes all characters but `A-Z a-z 0-9 - . _ ~`. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
