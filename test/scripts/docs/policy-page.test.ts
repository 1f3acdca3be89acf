import { describe, expect, it } from 'vitest';
import { policyFields } from '../../../scripts/docs/policy-fields.ts';
import { policyParts } from '../../../scripts/docs/policy-page.ts';

const parts = policyParts('en');

describe('policyParts', () => {
  it('has a row for every field that is no mapping of other fields', () => {
    const rows = Object.values(parts).flatMap((text) => text.split('\n').slice(2));
    const leaves = policyFields().filter(({ node }) => node.properties === undefined);
    for (const { path } of leaves) {
      const names = [path, path.slice(path.indexOf('.') + 1)].map((name) => `| \`${name}\` |`);
      expect(
        rows.some((row) => names.some((name) => row.startsWith(name))),
        path,
      ).toBe(true);
    }
  });

  it('shows that a skipped time fires once, after the gap, and a repeated one once', () => {
    const [daily = '', interval = ''] = (parts['clock-changes'] ?? '').split('\n').slice(2);
    expect(daily).toBe('| `0 30 2 * * *` | 03:00 (UTC+2) | 02:30 (UTC+2) |');
    expect(interval).toContain('| none that day | 02:00 (UTC+2), 02:30 (UTC+2), 02:00 (UTC+1)');
  });
});
