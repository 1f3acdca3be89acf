import { describe, expect, it } from 'vitest';
import { routes } from '../../../lib/http/all-routes.ts';
import { shapeParts } from '../../../scripts/docs/shape-tables.ts';

const parts = shapeParts();
const rowsOf = (name: string) => (parts[name] ?? '').split('\n').slice(2);

describe('shapeParts', () => {
  it('has a row for each call of the API', () => {
    const calls = rowsOf('calls');
    expect(calls).toHaveLength(routes.length);
    for (const { method, path } of routes) {
      expect(calls.filter((row) => row.startsWith(`| \`${method} ${path}\` |`))).toHaveLength(1);
    }
  });

  it('marks the fields of a body that may be absent', () => {
    const start = rowsOf('calls').find((row) => row.includes('`POST /v1/runs`')) ?? '';
    expect(start).toContain('`policy`');
    expect(start).not.toContain('`policy`?');
    expect(start).toMatch(/`\w+`\?/);
  });

  it('lists a field inside a list under the path of the list', () => {
    expect(rowsOf('shape Preview').some((row) => /^\| `\w+\[\]\.\w+`/.test(row))).toBe(true);
  });

  it('does not repeat the fields of a summary in the whole run', () => {
    const fields = (name: string) => rowsOf(name).map((row) => row.split('`')[1]);
    expect(fields('shape RunSummary')).toContain('run_id');
    expect(fields('shape RunView')).not.toContain('run_id');
    expect(fields('shape RunView').length).toBeGreaterThan(3);
  });
});
