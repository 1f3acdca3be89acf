import { type Credentials, credentialsFrom } from '../cloud/request/credentials.ts';
import type { Clock } from '../clock.ts';

/**
 * What FunctionGraph hands to a handler. Not every runtime has every method, so all are optional;
 * getAccessKey and getSecretKey are left out: they are no longer maintained and give nothing.
 */
export type FgContext = {
  getRequestID?(): string;
  getRemainingTimeInMilliSeconds?(): number;
  getUserData?(key: string): string | undefined;
  getFunctionName?(): string;
  getVersion?(): string;
  getProjectID?(): string;
  getToken?(): string;
  getSecurityAccessKey?(): string;
  getSecuritySecretKey?(): string;
  getSecurityToken?(): string;
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/**
 * The agency's credentials, where there are any. To be read in every invocation: a warm instance outlives them.
 */
export function credentialsOf(context: FgContext): Credentials {
  return credentialsFrom({
    token: text(context.getToken?.()),
    accessKey: text(context.getSecurityAccessKey?.()),
    secretKey: text(context.getSecuritySecretKey?.()),
    securityToken: text(context.getSecurityToken?.()),
  });
}

/** The id of this invocation, '' outside of FunctionGraph. */
export function requestIdOf(context: FgContext): string {
  return text(context.getRequestID?.()).slice(0, 64);
}

/**
 * A function that gives the milliseconds left in this invocation. Without a context to ask, time
 * counts down from `fallbackMs`.
 */
export function timeLeft(context: FgContext, clock: Clock, fallbackMs: number): () => number {
  const end = clock.now() + fallbackMs;
  return () => {
    const left = context.getRemainingTimeInMilliSeconds?.();
    return Number.isFinite(left) ? (left as number) : end - clock.now();
  };
}
