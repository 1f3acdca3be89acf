import type { IncomingMessage } from 'node:http';

/** Names that always mean this machine, so that no page of the web can be served under one of them. */
const OWN_HOST = /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9.-]+\.)?localhost)(?::\d{1,5})?$/i;

/**
 * Returns why a request may come from a web page, undefined for a program's. A page that rebinds its name to loopback sends
 * that name as `Host`; any other page sends `Origin`, or for a plain GET only `Sec-Fetch-Site`.
 */
export function whyForeign({ rawHeaders, url = '/' }: IncomingMessage): string | undefined {
  const valuesOf = (wanted: string) =>
    rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === wanted && index % 2);
  const absolute = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1];
  const hosts = [...valuesOf('host'), ...(absolute === undefined ? [] : [absolute])];
  if (hosts.length === 0 || !hosts.every((host) => OWN_HOST.test(host))) {
    return `Host must be 127.0.0.1, localhost or a name that ends with .localhost, not ${JSON.stringify(hosts.join(', '))}`;
  }
  if (valuesOf('origin').length > 0) return 'calls with an Origin come from a web page';
  if (valuesOf('sec-fetch-site').some((site) => site !== 'none')) {
    return 'calls with this Sec-Fetch-Site come from a web page';
  }
  return undefined;
}
