import { parsePolicy } from '../../lib/policy/parse/parse.ts';

const sound = {
  name: 'nightly',
  schedule: { cron: '0 30 2 * * *', timezone: 'UTC' },
  select: { name: '*' },
  export: { include: ['/data'], bucket: 'my-phone-backups' },
};

const WRONG = '{"!"}';

/**
 * What a field allows, in the words of the faults themselves: they are provoked with wrong values, so that the reference
 * page and the messages cannot say different things.
 */
export function allowedAt(path: string): string {
  const whole = faultsOf(path, WRONG);
  const inList = whole.some((text) => text.startsWith('a list of')) ? faultsOf(path, [WRONG]) : [];
  return [...new Set([...whole, ...inList])].join('; ');
}

function faultsOf(path: string, value: unknown): string[] {
  const result = parsePolicy(JSON.stringify(policyWith(path, value)), { fileName: 'nightly.yaml' });
  if (result.ok) return [];
  return result.errors.filter((fault) => fault.path.startsWith(path)).map(({ allowed }) => allowed);
}

/** A sound policy, as an object, with one field set to a value. */
export function policyWith(path: string, value: unknown): Record<string, unknown> {
  const policy = structuredClone(sound) as Record<string, unknown>;
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  let at = policy;
  for (const part of parts) {
    at[part] ??= {};
    at = at[part] as Record<string, unknown>;
  }
  at[last] = value;
  return policy;
}
