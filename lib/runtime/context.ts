import { type Credentials, credentialsFrom } from '../cloud/request/credentials.ts';
import type { Clock } from '../clock.ts';

/**
 * FunctionGraph's second argument of a handler. All methods are optional, because not every runtime has each of them.
 * getAccessKey and getSecretKey are missing: they are no longer maintained and return nothing.
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
 * Returns the agency's credentials, if any. Call it in every invocation: a warm instance outlives them.
 */
export function credentialsOf(context: FgContext): Credentials {
  return credentialsFrom({
    token: text(context.getToken?.()),
    accessKey: text(context.getSecurityAccessKey?.()),
    secretKey: text(context.getSecuritySecretKey?.()),
    securityToken: text(context.getSecurityToken?.()),
  });
}

/** Returns the id of this invocation; '' outside of FunctionGraph. */
export function requestIdOf(context: FgContext): string {
  return text(context.getRequestID?.()).slice(0, 64);
}

/**
 * Returns a function that returns the milliseconds left in this invocation. When the context does not say, they count down
 * from `fallbackMs`.
 */
export function timeLeft(context: FgContext, clock: Clock, fallbackMs: number): () => number {
  const end = clock.now() + fallbackMs;
  return () => {
    const left = context.getRemainingTimeInMilliSeconds?.();
    return Number.isFinite(left) ? (left as number) : end - clock.now();
  };
}
