import type { Credentials } from '../../lib/cloud/request/credentials.ts';
import { reveal, type Secret } from '../../lib/secret.ts';

/** Returns the credentials as plain text, which can be sent to a worker; '' for missing parts, as in a function's context. */
export function forContext(credentials: Credentials): Record<keyof Credentials, string> {
  const { token, accessKey, secretKey, securityToken } = credentials;
  return {
    token: textOf(token),
    accessKey,
    secretKey: textOf(secretKey),
    securityToken: textOf(securityToken),
  };
}

const textOf = (part: Secret | undefined): string => (part === undefined ? '' : reveal(part));
