const HIDDEN = '[secret]';

// Ids of the services have 32 characters, or 36 with dashes, and stay readable. Keys and tokens are longer. Tokens of IAM
// and Keystone contain dashes, so a dash must not end the match.
const LONG_RUN = /[A-Za-z0-9+/=_-]{41,}|[A-Za-z0-9+/=_]{33,}/g;
const URL_QUERY = /\?[^\s"']+/g;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi;
const IMEI = /(?<!\w)\d{14,16}(?!\w)/g;

/**
 * Makes a service's text safe for logs and messages: one line of at most `max` characters, without keys, addresses, IMEIs
 * and query strings.
 */
export function scrub(text: string, max = 200): string {
  const clean = text
    .slice(0, max * 10)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(URL_QUERY, '?[query]')
    .replace(LONG_RUN, HIDDEN)
    .replace(IPV6, '[address]')
    .replace(IPV4, '[address]')
    .replace(IMEI, '[number]')
    .trim();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}
