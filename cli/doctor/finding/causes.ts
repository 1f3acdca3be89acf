import { type Finding, nameOf } from './finding.ts';

/** The checks whose failure explains others, first causes first. Which findings a failed one explains. */
const EXPLAINS: Record<string, (cause: Finding, other: Finding) => boolean> = {
  endpoints: ({ subject = '' }, { check }) => servicesOf(check).includes(subject),
  clock: (_, { check }) => check === 'credentials' || check.startsWith('access_'),
  credentials: (_, { check }) => check.startsWith('access_'),
  project: (_, { check }) => ['cph', 'smn', 'functiongraph'].some(of(check)),
  access_cph: (_, { check }) => check === 'delegation',
  bucket: ({ subject, denied }, other) =>
    denied !== true && (other.subject ?? subject) === subject && usesBucket(other),
  access_obs: (_, { check }) => check !== 'bucket' && servicesOf(check).includes('obs'),
  access_smn: (_, { check }) => check === 'topic',
  access_functiongraph: (_, { check }) => check === 'function' || check === 'trigger',
  objects: (_, { check }) => ['policies', 'runs', 'drive'].includes(check),
  policies: (_, { check }) => check === 'runs',
  function: explainsSilence,
  trigger: explainsSilence,
  drive: (_, { check }) => check === 'runs',
};

const SERVICES: Record<string, readonly string[]> = {
  obs: [
    ...['access_obs', 'bucket', 'versioning', 'objects', 'conditional_put', 'archive_write'],
    ...['delegation', 'policies', 'runs', 'drive'],
  ],
  cph: ['access_cph', 'delegation', 'credentials'],
  iam: ['credentials', 'project'],
  smn: ['access_smn', 'topic'],
  functiongraph: ['access_functiongraph', 'function', 'trigger'],
};

const of =
  (check: string) =>
  (service: string): boolean =>
    SERVICES[service]?.includes(check) ?? false;

const servicesOf = (check: string): string[] => Object.keys(SERVICES).filter(of(check));

const usesBucket = ({ check }: Finding): boolean =>
  check !== 'bucket' && servicesOf(check).includes('obs');

/** Without its function or its timer neither drive works nor a run starts. http and event start none of the schedule. */
function explainsSilence({ check, subject }: Finding, other: Finding): boolean {
  if (/-(?:http|event)$/.test(subject ?? '')) return false;
  if (other.check === 'trigger') return check === 'function' && other.subject === subject;
  return other.check === 'drive' || other.check === 'runs';
}

/** Returns true for a finding that something else may explain. A test export is unknown because nobody asked for it. */
const isProblem = ({ check, outcome }: Finding): boolean =>
  outcome === 'failed' || (outcome === 'unknown' && check !== 'delegation');

/**
 * Returns the findings, those that another failed one explains with the name of the first cause in `follows`. A service that
 * does not respond explains what needs it, a missing bucket what reads it, a disabled timer that policies are stale. Pure.
 */
export function withCauses(findings: readonly Finding[]): Finding[] {
  const causes = causesOf(findings);
  return findings.map((finding) => {
    if (!isProblem(finding)) return finding;
    const cause = causes.find((one) => one !== finding && explains(one, finding));
    return cause === undefined ? finding : { ...finding, follows: nameOf(cause) };
  });
}

/** Returns the finding to fix first: a failed one that follows from nothing, in the order of causes; undefined when nothing failed. */
export function firstCause(findings: readonly Finding[]): Finding | undefined {
  const own = findings.filter(
    ({ outcome, follows }) => outcome === 'failed' && follows === undefined,
  );
  return causesOf(own)[0] ?? own[0];
}

const explains = (cause: Finding, other: Finding): boolean =>
  EXPLAINS[cause.check]?.(cause, other) ?? false;

/** Returns the failed findings that may explain others, first causes first. */
function causesOf(findings: readonly Finding[]): Finding[] {
  return ['settings', ...Object.keys(EXPLAINS)].flatMap((check) =>
    findings.filter((one) => one.check === check && one.outcome === 'failed'),
  );
}
