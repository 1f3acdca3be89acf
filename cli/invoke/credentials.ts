import type { Credentials } from '../../lib/cloud/request/auth.ts';
import { reveal, type Secret } from '../../lib/secret.ts';

/** The credentials as a context gives them, '' for what is missing: as texts they cross into the worker. */
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
