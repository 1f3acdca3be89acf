import { POLICY_NAME, RESOURCE_ID } from '../../names.ts';

/** The keys of the ledger, relative to its prefix. */
export const layout = {
  policies: 'policies/',
  policy: (name: string) => `policies/${name}.yaml`,

  open: 'open/',
  request: (runId: string) => `open/${runId}.json`,
  cancel: (runId: string) => `open/cancel/${runId}.json`,
  prunes: 'open/prune/',
  pruneRequest: (policy: string) => `open/prune/${policy}.json`,
  pruneIntent: (policy: string) => `open/prune/${policy}.intent.json`,
  /** The prefix of a policy's request, intent and progress. */
  pruneObjects: (policy: string) => `open/prune/${policy}.`,
  pruneProgress: (policy: string) => `open/prune/${policy}.progress.json`,
  hints: 'open/hints/',
  hint: (id: string) => `open/hints/${id}.json`,
  orphanedJobs: (runId: string, part = 0) =>
    `open/late/${runId}${part === 0 ? '' : `.${part}`}.json`,

  runs: 'runs/',
  run: (runId: string) => `runs/${runId}/`,
  plan: (runId: string) => `runs/${runId}/plan.json`,
  planParts: (runId: string) => `runs/${runId}/plan/`,
  log: (runId: string) => `runs/${runId}/log/`,
  logEntry: (runId: string, writer: string, sequence: number) =>
    `runs/${runId}/log/${writer}-${pad(sequence, 5)}.json`,
  report: (runId: string) => `runs/${runId}/report.json`,
  reportPages: (runId: string) => `runs/${runId}/report/`,
  /** The prefix of what a settled run has: its report, or what it is folded into. */
  settled: (runId: string) => `runs/${runId}/report.`,
  folded: (runId: string) => `runs/${runId}/report.folded.json`,
  foldedParts: (runId: string) => `runs/${runId}/report.folded/`,
  lateArchives: (runId: string) => `runs/${runId}/late/`,
  lateArchive: (runId: string, phoneId: string, attempt: number) =>
    `runs/${runId}/late/${phoneId}-${attempt}.json`,

  deletedFolder: (runId: string) => `runs/${runId}/deleted/`,
  deletedArchives: (runId: string, name: string) => `runs/${runId}/deleted/${name}.json`,

  pins: 'pins/',
  pin: (name: string) => `pins/${name}.json`,

  catalogue: 'phones/',
  archives: (policy: string) => `phones/${policy}/`,
  archiveShard: (policy: string, place: string) => `phones/${policy}/${place}.json`,
  resets: 'phones/resets.json',

  state: 'state/',
  leases: 'state/lease/',
  lease: (epoch: number) => `state/lease/${pad(epoch, 10)}.json`,
  leaseCopy: 'state/lease-copy.json',
  folding: 'state/folding.json',
  runIndex: 'state/runs/',
  indexedRun: (name: string) => `state/runs/${name}.json`,
  limits: 'state/limits.json',
  cursors: 'state/cursors.json',
  cursorsPart: (parts: number, part: number) => `state/cursors/${parts}-${part}.json`,
  provisioning: 'state/provisioning.json',
  history: (policy: string) => `state/history/${policy}.json`,
  retention: (policy: string) => `state/retention/${policy}.json`,
  drill: (policy: string) => `state/drill/${policy}.json`,
  freshness: (policy: string) => `state/freshness/${policy}.json`,
  allTotals: 'state/totals/',
  totals: (policy: string) => `state/totals/${policy}.json`,
  credentialAlarm: 'state/credential-alarm.json',
  heartbeat: 'state/heartbeat.json',
  skipped: (policy: string) => `state/skipped/${policy}.json`,
  stale: (policy: string) => `state/stale/${policy}.json`,
  unreadable: 'state/unreadable.json',
  readings: 'state/readings.json',
  inFlight: 'state/in-flight.json',
  inventory: (scope: string) => `state/inventory/${scope}.json`,
  inventoryParts: (scope: string) => `state/inventory/${scope}/`,
  probe: (id: string) => `state/probe/${id}.json`,
  clientKeys: 'state/keys/',
  clientKey: (digest: string) => `state/keys/${digest}/`,
} as const;

/** Returns the name of the policy at a key of `policies/`; undefined for any other file. */
export function readPolicyKey(key: string): string | undefined {
  const name = /^policies\/([^/]*)\.yaml$/.exec(key)?.[1] ?? '';
  return POLICY_NAME.test(name) ? name : undefined;
}

/** Returns whether a key is a lease's. Epochs count drives: no deployment reaches 500 million. */
export function isLeaseKey(key: string): boolean {
  return /^state\/lease\/0[0-4]\d{8}\.json$/.test(key);
}

/** Returns the run whose folder contains the key; '' for a key outside of `runs/`. */
export function runOfKey(key: string): string {
  return /^runs\/([^/]+)\//.exec(key)?.[1] ?? '';
}

/** Returns the policy and the first place of a shard of archives from its key; undefined for a key of another form. */
export function readShardKey(
  key: string,
): { policy: string; verified_at: number; phone_id: string } | undefined {
  const [, policy = '', at, phone_id = ''] =
    /^phones\/([^/]+)\/(\d{13})\.([^/]+)\.json$/.exec(key) ?? [];
  if (!POLICY_NAME.test(policy) || !RESOURCE_ID.test(phone_id)) return undefined;
  return { policy, verified_at: Number(at), phone_id };
}

const OPEN_KINDS = {
  ...({ cancel: 'cancel', late: 'orphaned', hints: 'hint', prune: 'prune' } as const),
};

/** Returns the kind and the id of an object in `open/` from its key; undefined for a key of another form. */
export function readOpenKey(
  key: string,
): { kind: 'request' | 'cancel' | 'orphaned' | 'hint' | 'prune'; id: string } | undefined {
  const [, folder, id] =
    /^open\/(?:(cancel|late|hints|prune)\/)?([A-Za-z0-9._-]+)\.json$/.exec(key) ?? [];
  if (id === undefined) return undefined;
  // The intent and the progress beside a request of retention are part of its work.
  if (folder === 'prune' && !POLICY_NAME.test(id)) return undefined;
  return {
    kind: folder === undefined ? 'request' : OPEN_KINDS[folder as keyof typeof OPEN_KINDS],
    id,
  };
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
