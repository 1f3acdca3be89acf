/** What FunctionGraph knows of a function and of one invocation of it. */
export type ContextFacts = {
  requestId: string;
  functionName: string;
  projectId: string;
  timeoutMs: number;
  memoryMb: number;
  credentials: { token: string; accessKey: string; secretKey: string; securityToken: string };
  userData: Record<string, string>;
};

/** The second argument of a Node.js handler (functiongraph_02_0501), quirks of its runtime included. */
export function createContext(
  facts: ContextFacts,
  { now, write }: { now: () => number; write: (line: string) => void },
) {
  const { requestId, credentials, userData } = facts;
  const started = now();
  const line = (level: string) => (message: unknown) =>
    write(`${new Date(now()).toISOString()} ${requestId} ${level} ${String(message)}`);
  return {
    getRequestID: () => requestId,
    getRemainingTimeInMilliSeconds: () => started + facts.timeoutMs - now(),
    // Despite its name: the limit, in milliseconds.
    getRunningTimeInSeconds: () => facts.timeoutMs,
    getUserData: (key: string) => (Object.hasOwn(userData, key) ? userData[key] : undefined),
    getFunctionName: () => facts.functionName,
    getVersion: () => 'latest',
    getAlias: () => '',
    getPackage: () => 'default',
    getMemorySize: () => String(facts.memoryMb),
    getCPUNumber: () => '300',
    getProjectID: () => facts.projectId,
    getToken: () => credentials.token,
    getSecurityAccessKey: () => credentials.accessKey,
    getSecuritySecretKey: () => credentials.secretKey,
    getSecurityToken: () => credentials.securityToken,
    // No longer maintained: there, but empty.
    getAccessKey: () => '',
    getSecretKey: () => '',
    getWorkflowID: () => '',
    getWorkflowRunID: () => '',
    getWorkflowStateID: () => '',
    getLogger: () => ({
      debug: line('DEBUG'),
      info: line('INFO'),
      warn: line('WARN'),
      error: line('ERROR'),
      setLevel: () => undefined,
    }),
  };
}
