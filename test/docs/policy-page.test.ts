import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { allowedAt, policyWith } from '../../scripts/docs/allowed.ts';
import { policyFields } from '../../scripts/docs/policy-fields.ts';
import { policyParts } from '../../scripts/docs/policy-page.ts';

const MINUTE = 60_000;

function effective(path: string, value: unknown) {
  const text = JSON.stringify(policyWith(path, value));
  const parsed = parsePolicy(text, { fileName: 'nightly.yaml' });
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  return parsed.policy;
}

describe('the reference of policies', () => {
  it('has a row for every field, with what is allowed', () => {
    const parts = policyParts();
    const tables = Object.keys(parts).filter((name) => name.startsWith('fields'));
    const rows = tables.flatMap((name) =>
      [...(parts[name] ?? '').matchAll(/^\| \[?`([\w.]+)`/gm)].map(([, field = '']) =>
        name === 'fields' ? field : `${name.slice('fields '.length)}.${field}`,
      ),
    );
    const grouped = ['retry', 'notify', 'select.exclude'];
    const fields = policyFields().map(({ path }) => path);
    expect(rows.sort()).toEqual(fields.filter((path) => !grouped.includes(path)).sort());
    for (const path of fields) expect(allowedAt(path), path).not.toBe('');
  });

  it.each([
    ['2h', 60, 10],
    ['40m', 40, 10],
    ['10m', 10, 5],
  ])('is right about the defaults that follow from a deadline of %s', (deadline, timeout, wait) => {
    const policy = effective('deadline', deadline);
    expect(policy.export_timeout).toBe(timeout * MINUTE);
    expect(policy.wait_for_phones).toBe(wait * MINUTE);
  });

  it('shows what becomes of slots where clocks change', () => {
    expect(policyParts()['clock-changes']?.split('\n').slice(2)).toEqual([
      '| `0 30 2 * * *` | 03:00 (UTC+2) | 02:30 (UTC+2) |',
      '| `0 0/30 2 * * *` | none that day | 02:00 (UTC+2), 02:30 (UTC+2), 02:00 (UTC+1), 02:30 (UTC+1) |',
    ]);
  });
});
