/** Where everything lies, relative to the ledger's prefix. */
export const layout = {
  policies: 'policies/',
  policy: (name: string) => `policies/${name}.yaml`,

  open: 'open/',
  request: (runId: string) => `open/${runId}.json`,
  cancel: (runId: string) => `open/cancel/${runId}.json`,
  hints: 'open/hints/',
  hint: (id: string) => `open/hints/${id}.json`,
  late: (runId: string) => `open/late/${runId}.json`,

  runs: 'runs/',
  run: (runId: string) => `runs/${runId}/`,
  plan: (runId: string) => `runs/${runId}/plan.json`,
  planPart: (runId: string, writer: string, part: number) =>
    `runs/${runId}/plan/${writer}-${pad(part, 4)}.json`,
  log: (runId: string) => `runs/${runId}/log/`,
  logEntry: (runId: string, writer: string, sequence: number) =>
    `runs/${runId}/log/${writer}-${pad(sequence, 5)}.json`,
  report: (runId: string) => `runs/${runId}/report.json`,
  reportPage: (runId: string, page: number) => `runs/${runId}/report/${pad(page, 4)}.json`,
  lateArchive: (runId: string, phoneId: string, attempt: number) =>
    `runs/${runId}/late/${phoneId}-${attempt}.json`,

  phoneIndex: 'phones/',
  phones: (shard: string) => `phones/${shard}.json`,

  leases: 'state/lease/',
  lease: (epoch: number) => `state/lease/${pad(epoch, 10)}.json`,
  runIndex: 'state/runs/',
  indexedRun: (name: string) => `state/runs/${name}.json`,
  limits: 'state/limits.json',
  cursors: 'state/cursors.json',
  provisioning: 'state/provisioning.json',
  history: (policy: string) => `state/history/${policy}.json`,
  alarms: 'state/alarms.json',
  heartbeat: 'state/heartbeat.json',
  skipped: (policy: string) => `state/skipped/${policy}.json`,
  stale: (policy: string) => `state/stale/${policy}.json`,
  quarantined: (runId: string) => `state/quarantined/${runId}.json`,
  inventory: (scope: string) => `state/inventory/${scope}.json`,
  probe: (id: string) => `state/probe/${id}.json`,
  clientKey: (digest: string) => `state/keys/${digest}/`,
} as const;

/** The name of the policy that a key of `policies/` holds; undefined for a file that is none. */
export function readPolicyKey(key: string): string | undefined {
  return /^policies\/([a-z0-9-]{1,32})\.yaml$/.exec(key)?.[1];
}

export function isLeaseKey(key: string): boolean {
  return /^state\/lease\/\d{10}\.json$/.test(key);
}

/** The run in whose folder a key lies; empty for any other key. */
export function runOfKey(key: string): string {
  return /^runs\/([^/]+)\//.exec(key)?.[1] ?? '';
}

/** What an object of `open/` asks for, from its key alone; undefined for a key of no known form. */
export function readOpenKey(
  key: string,
): { kind: 'request' | 'cancel' | 'late' | 'hint'; id: string } | undefined {
  const match = /^open\/(?:(cancel|late|hints)\/)?([A-Za-z0-9._-]+)\.json$/.exec(key);
  if (match?.[2] === undefined) return undefined;
  const kind = match[1] === 'hints' ? 'hint' : ((match[1] ?? 'request') as 'request');
  return { kind, id: match[2] };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
