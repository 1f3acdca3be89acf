import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Provisioning } from '../../../lib/ledger/state/provisioning.ts';
import {
  findFirstBackupPolicies,
  isNewTo,
  type PolicyFiles,
} from '../../../lib/run/first-backup/policies.ts';
import { phone } from '../../support/fleet.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { policyText } from '../../support/policy-text.ts';
import { recordReads } from '../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const BASELINE = T0 - 10 * MINUTE;
const ON_PROVISIONED = { on_provisioned: 'true' };
const pausedFor = (ms: number) => ({
  ...ON_PROVISIONED,
  paused_until: JSON.stringify(new Date(T0 + ms).toISOString()),
});

function scene(policies: Provisioning['policies'] = {}) {
  const { deps, store, clock } = inboxScene();
  const state: Provisioning = { policies, swept_at: 7 };
  const files: PolicyFiles = new Map();
  const read = recordReads(store);
  return {
    ...{ store, clock, state, files },
    /** Keys that were read since the last time. */
    reads: () => read.reads.splice(0).map((one) => one.replace(/^\w+ policies\//, '')),
    put: (name: string, changes: Record<string, string | undefined> = ON_PROVISIONED) =>
      store.put(layout.policy(name), policyText(name, changes)),
    find: (baseline = BASELINE) =>
      findFirstBackupPolicies({ ...deps, store: read }, state, baseline, files),
  };
}

describe('findFirstBackupPolicies', () => {
  it('returns a policy with on_provisioned, whose phones count as new from the baseline', async () => {
    const { put, find, state } = scene();
    await put('newphones');
    expect(await find()).toMatchObject([{ name: 'newphones', since: BASELINE, lastRequested: {} }]);
    expect(state).toEqual({
      swept_at: 7,
      policies: { newphones: { etag: 'e1', on: true, requested_at: {}, since: BASELINE } },
    });
  });

  it('keeps the state of a policy whose file has changed', async () => {
    const known = { etag: 'old', on: true, since: 5, requested_at: { p1: 6 } };
    const { put, find, state } = scene({ newphones: known });
    await put('newphones');
    expect(await find()).toMatchObject([{ since: 5, lastRequested: { p1: 6 } }]);
    expect(state.policies).toEqual({ newphones: { ...known, etag: 'e1' } });
  });

  it.each([
    ['no longer has on_provisioned', {}],
    ['is disabled', { ...ON_PROVISIONED, enabled: 'false' }],
  ])('forgets the state of a policy that %s', async (_, changes) => {
    const { put, find, state } = scene({
      newphones: { etag: 'old', on: true, since: 5, requested_at: { p1: 6 } },
    });
    await put('newphones', changes);
    expect(await find()).toEqual([]);
    expect(state.policies).toEqual({ newphones: { etag: 'e1', on: false, requested_at: {} } });
  });

  it('counts phones as new from when a policy is enabled', async () => {
    const { put, find, state } = scene();
    await put('newphones', {});
    await find();
    await put('newphones');
    expect(await find(BASELINE + 7)).toMatchObject([{ since: BASELINE + 7 }]);
    expect(state.policies.newphones).toMatchObject({ on: true, since: BASELINE + 7 });
  });

  it('skips an invalid policy, and keeps its state', async () => {
    const requested_at = { p1: 6 };
    const { put, find, state } = scene({
      newphones: { etag: 'old', on: true, since: 5, requested_at },
    });
    await put('newphones', { select: '7' });
    expect(await find()).toEqual([]);
    expect(state.policies).toEqual({
      newphones: { etag: 'e1', on: false, since: 5, requested_at },
    });
    await put('newphones');
    expect(await find()).toMatchObject([{ since: 5, lastRequested: requested_at }]);
  });

  it('counts phones as new from when an invalid policy was first seen', async () => {
    const { put, find } = scene();
    await put('newphones', { select: '7' });
    await find();
    await put('newphones');
    expect(await find(BASELINE + 7)).toMatchObject([{ since: BASELINE }]);
  });

  it('skips a paused policy, and counts phones as new from the end of the pause', async () => {
    const requested_at = { p1: 6 };
    const { put, find, state, clock, reads } = scene({
      newphones: { etag: 'old', on: true, since: 5, requested_at },
    });
    await put('newphones', pausedFor(MINUTE));
    expect(await find()).toEqual([]);
    const paused = { etag: 'e1', on: false, requested_at, paused_until: T0 + MINUTE };
    expect(state.policies).toEqual({ newphones: paused });
    reads();
    clock.move(MINUTE - 1);
    expect(await find()).toEqual([]);
    expect(state.policies).toEqual({ newphones: paused });
    expect(reads()).toEqual(['']);
    clock.move(1);
    expect(await find(BASELINE + MINUTE)).toMatchObject([
      { since: BASELINE + MINUTE, lastRequested: requested_at },
    ]);
    expect(state.policies.newphones).toMatchObject({ on: true, since: BASELINE + MINUTE });
    expect(state.policies.newphones).not.toHaveProperty('paused_until');
  });

  it('reads a paused policy again when its file changes', async () => {
    const { put, find } = scene();
    await put('newphones', pausedFor(MINUTE));
    await find();
    await put('newphones');
    expect(await find()).toHaveLength(1);
  });

  it('reads an inactive policy once, and an active one once a drive', async () => {
    const { put, find, reads, state, files } = scene();
    await put('broken', { select: '7' });
    await put('newphones');
    await put('nightly', {});
    await find();
    const twice = ['broken.yaml', 'broken.yaml'];
    expect(reads()).toEqual(['', ...twice, 'newphones.yaml', 'nightly.yaml']);
    const before = structuredClone(state);
    expect(await find()).toHaveLength(1);
    expect(reads()).toEqual(['']);
    files.clear();
    expect(await find()).toHaveLength(1);
    expect(reads()).toEqual(['', 'newphones.yaml']);
    expect(state).toEqual(before);
  });

  it('forgets deleted policies, and ignores other files', async () => {
    const { find, state, store, reads } = scene({
      gone: { etag: 'e', on: true, requested_at: {} },
    });
    await store.put('policies/README.md', 'Policies.');
    expect(await find()).toEqual([]);
    expect(state.policies).toEqual({});
    expect(reads()).toEqual(['']);
  });

  it('skips a policy that is deleted during the read', async () => {
    const { deps, store } = inboxScene();
    const state: Provisioning = { policies: {} };
    await store.put(layout.policy('newphones'), policyText('newphones', ON_PROVISIONED));
    const get = async (key: string) => void (await store.remove([key]));
    const going = { ...store, get };
    const found = findFirstBackupPolicies({ ...deps, store: going }, state, BASELINE, new Map());
    expect(await found).toEqual([]);
    expect(state.policies.newphones).toMatchObject({ on: false, since: BASELINE });
  });

  it('selects phones as the policy does', async () => {
    const { put, find } = scene();
    await put('newphones', { ...ON_PROVISIONED, select: '{ name: "game-*" }' });
    const [giver] = await find();
    const named = ['game-1', 'shop-1'].map((phone_name) => phone('p1', { phone_name }));
    expect(named.map((one) => giver?.selects(one))).toEqual([true, false]);
    expect(giver).not.toHaveProperty('tags');
  });

  it('returns the tags of servers, which are not considered yet', async () => {
    const { put, find } = scene();
    const select = '{ server_tags: { env: [prod] }, name: "game-*" }';
    await put('newphones', { ...ON_PROVISIONED, select });
    const [giver] = await find();
    expect(giver?.tags).toEqual({ env: ['prod'] });
    const named = ['game-1', 'shop-1'].map((phone_name) => phone('p1', { phone_name }));
    expect(named.map((one) => giver?.selects(one))).toEqual([true, false]);
  });
});

describe('isNewTo', () => {
  it.each([
    ['false for a phone created an hour before the policy', T0 - 60 * MINUTE, T0, false],
    ['false for a phone created a second before', T0 - 1000, T0, false],
    ['true for a phone created in the same second', T0, T0, true],
    ['true when the policy is later in the second of creation', T0, T0 + 999, true],
    ['true for a phone created later', T0 + 60 * MINUTE, T0, true],
    ['false for a phone of unknown age', undefined, T0, false],
  ])('is %s', (_, created_at, since, expected) => {
    const one = phone('p1', created_at === undefined ? {} : { created_at });
    expect(isNewTo({ since }, one)).toBe(expected);
  });
});
