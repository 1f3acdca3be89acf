import type { FgContext } from '../../lib/runtime/context.ts';

/** The values that FunctionGraph puts into the context of one invocation. Plain data: it is sent to a worker. */
export type InvocationFacts = {
  functionName: string;
  requestId: string;
  timeoutMs: number;
  projectId: string;
  userData: Record<string, string>;
  credentials: { token: string; accessKey: string; secretKey: string; securityToken: string };
};

/** Returns the context of an invocation, the second argument of its handler. The time limit starts now. */
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
