import type { FgContext } from '../../lib/runtime/context.ts';

/** What FunctionGraph would know of one invocation; plain data, as it crosses into a worker. */
export type InvocationFacts = {
  functionName: string;
  requestId: string;
  timeoutMs: number;
  projectId: string;
  userData: Record<string, string>;
  credentials: { token: string; accessKey: string; secretKey: string; securityToken: string };
};

/** A handler's second argument made of these facts; its time runs from now on. */
export function contextOf(facts: InvocationFacts, now: () => number): FgContext {
  const end = now() + facts.timeoutMs;
  const { credentials, userData } = facts;
  return {
    getRequestID: () => facts.requestId,
    getRemainingTimeInMilliSeconds: () => Math.max(0, end - now()),
    getUserData: (key) => (Object.hasOwn(userData, key) ? userData[key] : undefined),
    getFunctionName: () => facts.functionName,
    getVersion: () => 'latest',
    getProjectID: () => facts.projectId,
    getToken: () => credentials.token,
    getSecurityAccessKey: () => credentials.accessKey,
    getSecuritySecretKey: () => credentials.secretKey,
    getSecurityToken: () => credentials.securityToken,
  };
}
