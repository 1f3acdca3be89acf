import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Family } from '../../lib/run/query/metrics/exposition.ts';
import { readMetricsFacts } from '../../lib/run/query/metrics/facts.ts';
import { metricFamilies } from '../../lib/run/query/metrics/families.ts';
import { NIGHTLY, night } from '../../testing/night.ts';

const read = (path: string): string =>
  readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

let families: Family[];

beforeAll(async () => {
  const played = await night({ phones: 6, servers: 2 });
  await played.putPolicy(NIGHTLY);
  await played.settle(await played.requestRun());
  const { deps } = played.invocation();
  families = metricFamilies(await readMetricsFacts(deps, '1', played.clock.now()));
});

/** The names that queries may use: a summary has two. */
const emitted = (): Set<string> =>
  new Set(
    families.flatMap(({ name, type }) =>
      type === 'summary' ? [`${name}_sum`, `${name}_count`] : [name],
    ),
  );

const namesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\bphonevault_\w+/g)].map(([name]) => name)),
];

/** Returns each `name{label="..", ..}` of queries as name and label. */
const labelsIn = (text: string) =>
  [...text.matchAll(/\b(phonevault_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', list = '']) =>
    [...list.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label = '']) => ({ name, label })),
  );

const files = ['examples/prometheus/rules.yml', 'examples/grafana/phonevault.json'];

describe.each(files)('%s', (path) => {
  it('uses metrics and labels that are emitted', () => {
    const text = read(path).replaceAll('\\"', '"');
    const names = namesIn(text);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !emitted().has(name))).toEqual([]);
    const unknown = labelsIn(text).filter(({ name, label }) => {
      const family = families.find((one) => name.replace(/_(sum|count)$/, '') === one.name);
      const sample = families.find((one) => one.name === name)?.samples[0] ?? family?.samples[0];
      return sample !== undefined && !(label in sample.labels);
    });
    expect(unknown).toEqual([]);
  });
});

describe('docs/metrics.md', () => {
  it('names each metric with its labels, and no other', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(phonevault_\w+)` \|([^|]*)\|/gm)];
    const documented = rows.map(([, name, labels = '']) => [name, namesOf(labels)]);
    const found = families.map(({ name, samples }) => [
      name,
      samples[0] === undefined ? undefined : Object.keys(samples[0].labels),
    ]);
    expect(documented.map(([name]) => name).sort()).toEqual(found.map(([name]) => name).sort());
    const known = found.filter(([, labels]) => labels !== undefined);
    for (const [name, labels] of known) {
      expect(documented.find(([one]) => one === name)).toEqual([name, labels]);
    }
  });
});

const namesOf = (cell: string): string[] =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

describe('the alert rules', () => {
  it('each have a name, a query, a severity and a text for people', () => {
    const { groups } = parse(read('examples/prometheus/rules.yml')) as {
      groups: { rules: Record<string, unknown>[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        alert: expect.stringMatching(/^Phonevault[A-Z]\w+$/) as string,
        expr: expect.any(String) as string,
        labels: { severity: expect.stringMatching(/^(critical|warning|info)$/) as string },
        annotations: { summary: expect.any(String) as string },
      });
    }
  });
});
