import { parsePolicy } from '../../lib/policy/parse/parse.ts';

const valid = {
  name: 'nightly',
  schedule: { cron: '0 30 2 * * *', timezone: 'UTC' },
  select: { name: '*' },
  export: { include: ['/data'], bucket: 'my-phone-backups' },
};

const AGE = 'retention.retention_duration_days';
const DRILL = { schedule: { cron: '0 0 6 * * *', timezone: 'UTC' }, target: ['t1', 't2'] };
const RULES = { max_backups: 3, timezone: 'UTC' };

const INVALID = '{"!"}';

/**
 * Returns what a field allows, as the validation errors say it. The errors come from invalid values, so the page and the
 * messages cannot differ.
 */
export function allowedAt(path: string): string {
  const whole = errorsAt(path, INVALID);
  const isList = whole.some((text) => text.startsWith('a list of'));
  return [...new Set([...whole, ...(isList ? errorsAt(path, [INVALID]) : [])])].join('; ');
}

function errorsAt(path: string, value: unknown): string[] {
  const text = JSON.stringify(policyWith({ [path]: value }));
  const result = parsePolicy(text, { fileName: 'nightly.yaml' });
  if (result.ok) return [];
  return result.errors.filter((error) => error.path.startsWith(path)).map(({ allowed }) => allowed);
}

/** Returns a valid policy in which some fields, named by their paths, have other values. */
export function policyWith(values: Record<string, unknown>): Record<string, unknown> {
  const policy: Record<string, unknown> = structuredClone(valid);
  for (const [path, value] of Object.entries(values)) {
    // A field of `retention` is valid only beside a rule.
    if (path.startsWith('retention.') && path !== AGE) policy.retention ??= { ...RULES };
    if (path.startsWith('drill.')) policy.drill ??= structuredClone(DRILL);
    if (path === 'drill.answer') (policy.drill as Record<string, unknown>).check ??= 'id';
    if (/^hooks\.[^.]*$/.test(path)) policy.hooks ??= { before: ['sync'] };
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let at = policy;
    for (const part of parts) at = (at[part] ??= {}) as Record<string, unknown>;
    at[last] = value;
  }
  return policy;
}
