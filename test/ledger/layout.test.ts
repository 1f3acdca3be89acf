import { describe, expect, it } from 'vitest';
import { layout, readOpenKey, readPolicyKey } from '../../lib/ledger/layout.ts';

const RUN = 'nightly-20260102t023000z';

describe('layout', () => {
  // What lies in the buckets of those who use Phonevault: a key that changes loses what is there.
  it.each([
    [layout.policies, 'policies/'],
    [layout.policy('nightly'), 'policies/nightly.yaml'],
    [layout.open, 'open/'],
    [layout.request(RUN), `open/${RUN}.json`],
    [layout.cancel(RUN), `open/cancel/${RUN}.json`],
    [layout.hints, 'open/hints/'],
    [layout.hint('trace-1'), 'open/hints/trace-1.json'],
    [layout.late(RUN), `open/late/${RUN}.json`],
    [layout.runs, 'runs/'],
    [layout.run(RUN), `runs/${RUN}/`],
    [layout.plan(RUN), `runs/${RUN}/plan.json`],
    [layout.planPart(RUN, '0000000007-a', 3), `runs/${RUN}/plan/0000000007-a-0003.json`],
    [layout.log(RUN), `runs/${RUN}/log/`],
    [layout.logEntry(RUN, '0000000007-a', 12), `runs/${RUN}/log/0000000007-a-00012.json`],
    [layout.report(RUN), `runs/${RUN}/report.json`],
    [layout.reportPage(RUN, 12_345), `runs/${RUN}/report/12345.json`],
    [layout.reportPage(RUN, 0), `runs/${RUN}/report/0000.json`],
    [layout.lateArchive(RUN, 'p1', 2), `runs/${RUN}/late/p1-2.json`],
    [layout.phoneIndex, 'phones/'],
    [layout.phones('0f'), 'phones/0f.json'],
    [layout.leases, 'state/lease/'],
    [layout.lease(42), 'state/lease/0000000042.json'],
    [layout.runIndex, 'state/runs/'],
    [layout.indexedRun('name'), 'state/runs/name.json'],
    [layout.limits, 'state/limits.json'],
    [layout.cursors, 'state/cursors.json'],
    [layout.provisioning, 'state/provisioning.json'],
    [layout.history('nightly'), 'state/history/nightly.json'],
    [layout.alarms, 'state/alarms.json'],
    [layout.heartbeat, 'state/heartbeat.json'],
    [layout.skipped('nightly'), 'state/skipped/nightly.json'],
    [layout.stale('nightly'), 'state/stale/nightly.json'],
    [layout.aside(RUN), `state/aside/${RUN}.json`],
    [layout.inventory('all'), 'state/inventory/all.json'],
    [layout.probe('1'), 'state/probe/1.json'],
    [layout.clientKey('ab12'), 'state/keys/ab12/'],
  ])('%s', (key, expected) => {
    expect(key).toBe(expected);
  });

  it('lists what is numbered in the order of its numbers', () => {
    const keys = [2, 10, 100].map((n) => layout.logEntry(RUN, 'w', n));
    expect([...keys].sort()).toEqual(keys);
  });
});

describe('readPolicyKey', () => {
  it.each(['nightly', 'a', '2026-games', 'p'.repeat(32)])('knows the policy %s', (name) => {
    expect(readPolicyKey(layout.policy(name))).toBe(name);
  });

  it.each([
    'policies/',
    'policies/.yaml',
    'policies/nightly',
    'policies/nightly.yml',
    'policies/nightlyXyaml',
    'policies/nightly.yaml.bak',
    'policies/Nightly.yaml',
    'policies/night_ly.yaml',
    'policies/old/nightly.yaml',
    `policies/${'p'.repeat(33)}.yaml`,
    'runs/policies/nightly.yaml',
    'nightly.yaml',
  ])('knows none by %s', (key) => {
    expect(readPolicyKey(key)).toBeUndefined();
  });
});

describe('readOpenKey', () => {
  it.each([
    ['request', layout.request(RUN), RUN],
    ['cancel', layout.cancel(RUN), RUN],
    ['late', layout.late(RUN), RUN],
    ['hint', layout.hint('trace-0_A.b'), 'trace-0_A.b'],
    ['request', layout.request('a'), 'a'],
    ['request', layout.request('cancel'), 'cancel'],
  ])('tells a %s from its key', (kind, key, id) => {
    expect(readOpenKey(key)).toEqual({ kind, id });
  });

  it.each([
    'open/',
    'open/.json',
    'open/cancel/',
    'open/cancel/.json',
    'open/hints/a b.json',
    'open/hints/a/b.json',
    'open/other/a.json',
    'open/nightly',
    'open/nightlyXjson',
    'open/nightly.json.bak',
    'open//nightly.json',
    'runs/open/nightly.json',
    `runs/${RUN}/report.json`,
  ])('knows nothing by %s', (key) => {
    expect(readOpenKey(key)).toBeUndefined();
  });
});
