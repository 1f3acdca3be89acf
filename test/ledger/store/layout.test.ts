import { describe, expect, it } from 'vitest';
import { layout, readOpenKey, readPolicyKey } from '../../../lib/ledger/store/layout.ts';

const RUN = 'nightly-20260102t023000z';

describe('layout', () => {
  // These keys are in users' buckets: a changed key loses the objects under the old one.
  it.each([
    ['policies/', () => layout.policies],
    ['policies/nightly.yaml', () => layout.policy('nightly')],
    ['open/', () => layout.open],
    [`open/${RUN}.json`, () => layout.request(RUN)],
    [`open/cancel/${RUN}.json`, () => layout.cancel(RUN)],
    ['open/hints/', () => layout.hints],
    ['open/hints/trace-1.json', () => layout.hint('trace-1')],
    [`open/late/${RUN}.json`, () => layout.orphanedJobs(RUN)],
    ['runs/', () => layout.runs],
    [`runs/${RUN}/`, () => layout.run(RUN)],
    [`runs/${RUN}/plan.json`, () => layout.plan(RUN)],
    [`runs/${RUN}/plan/`, () => layout.planParts(RUN)],
    [`runs/${RUN}/log/`, () => layout.log(RUN)],
    [`runs/${RUN}/log/0000000007-a-00012.json`, () => layout.logEntry(RUN, '0000000007-a', 12)],
    [`runs/${RUN}/report.json`, () => layout.report(RUN)],
    [`runs/${RUN}/report/`, () => layout.reportPages(RUN)],
    [`runs/${RUN}/late/p1-2.json`, () => layout.lateArchive(RUN, 'p1', 2)],
    ['phones/', () => layout.catalogue],
    ['phones/nightly/', () => layout.archives('nightly')],
    ['phones/nightly/p.json', () => layout.archiveShard('nightly', 'p')],
    ['phones/resets.json', () => layout.resets],
    [`runs/${RUN}/late/`, () => layout.lateArchives(RUN)],
    ['state/lease/', () => layout.leases],
    ['state/lease/0000000042.json', () => layout.lease(42)],
    ['state/runs/', () => layout.runIndex],
    ['state/runs/name.json', () => layout.indexedRun('name')],
    ['state/limits.json', () => layout.limits],
    ['state/cursors.json', () => layout.cursors],
    ['state/cursors/4-1.json', () => layout.cursorsPart(4, 1)],
    ['state/provisioning.json', () => layout.provisioning],
    ['state/history/nightly.json', () => layout.history('nightly')],
    ['state/credential-alarm.json', () => layout.credentialAlarm],
    ['state/heartbeat.json', () => layout.heartbeat],
    ['state/skipped/nightly.json', () => layout.skipped('nightly')],
    ['state/stale/nightly.json', () => layout.stale('nightly')],
    ['state/unreadable.json', () => layout.unreadable],
    ['state/inventory/all.json', () => layout.inventory('all')],
    ['state/probe/1.json', () => layout.probe('1')],
    ['state/keys/ab12/', () => layout.clientKey('ab12')],
  ])('%s', (expected, key) => {
    expect(key()).toBe(expected);
  });

  it('pads numbers so that LIST returns entries in order', () => {
    const keys = [2, 10, 100].map((n) => layout.logEntry(RUN, 'w', n));
    expect([...keys].sort()).toEqual(keys);
  });
});

describe('readPolicyKey', () => {
  it.each(['nightly', 'a', '2026-games', 'p'.repeat(32)])('returns the policy %s', (name) => {
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
  ])('returns no policy for %s', (key) => {
    expect(readPolicyKey(key)).toBeUndefined();
  });
});

describe('readOpenKey', () => {
  it.each([
    ['request', layout.request(RUN), RUN],
    ['cancel', layout.cancel(RUN), RUN],
    ['orphaned', layout.orphanedJobs(RUN), RUN],
    ['hint', layout.hint('trace-0_A.b'), 'trace-0_A.b'],
    ['request', layout.request('a'), 'a'],
    ['request', layout.request('cancel'), 'cancel'],
  ])('returns the kind and id of a %s', (kind, key, id) => {
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
  ])('returns undefined for %s', (key) => {
    expect(readOpenKey(key)).toBeUndefined();
  });
});
