/** Counts every call, for GET /_local/calls. */
export type Calls = {
  count(service: string, operation: string, outcome: 'ok' | 'refused'): void;
};

export type CallCounts = Record<string, Record<string, { ok: number; refused: number }>>;

const OPERATIONS: Record<string, readonly string[]> = {
  cph: [
    'batch-storage',
    'batch-restore',
    'list-jobs',
    'show-job',
    'list-phones',
    'show-phone',
    'list-servers',
    'show-server',
    'tags',
    'batch-restart',
    'batch-reset',
    'batch-stop',
    'commands',
    'sync-commands',
  ],
  obs: ['PutObject', 'GetObject', 'HeadObject', 'ListObjectsV2', 'DeleteObject', 'DeleteObjects'],
  smn: ['publish'],
  iam: [
    'create-token',
    'check-token',
    'create-temporary-key',
    'list-projects',
    'list-auth-projects',
    'list-auth-domains',
    'list-agencies',
    'show-agency',
    'list-agency-roles',
  ],
  functiongraph: [
    'createFunction',
    'listFunctions',
    'showFunctionConfig',
    'updateFunctionCode',
    'updateFunctionConfig',
    'updateFunctionMaxInstanceConfig',
    'deleteFunction',
    'updateFunctionAsyncInvokeConfig',
    'showFunctionAsyncInvokeConfig',
    'deleteFunctionAsyncInvokeConfig',
    'createFunctionTrigger',
    'listFunctionTriggers',
    'updateTrigger',
    'deleteFunctionTrigger',
    'invokeFunction',
    'asyncInvokeFunction',
  ],
};

/** Counters that start at zero for the known operations; any other operation appears with its first call. */
export function createCalls(): Calls & { counts(): CallCounts } {
  const counts: CallCounts = {};
  const entryOf = (service: string, operation: string) => {
    const operations = (counts[service] ??= {});
    return (operations[operation] ??= { ok: 0, refused: 0 });
  };
  for (const [service, operations] of Object.entries(OPERATIONS)) {
    for (const operation of operations) entryOf(service, operation);
  }
  return {
    count(service, operation, outcome) {
      entryOf(service, operation)[outcome] += 1;
    },
    counts: () => structuredClone(counts),
  };
}
