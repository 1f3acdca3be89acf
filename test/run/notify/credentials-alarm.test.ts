import { describe, expect, it } from 'vitest';
import { readCredentialAlarm } from '../../../lib/ledger/state/notified/notified.ts';
import {
  clearCredentialsRefused,
  noteCredentialsRefused,
} from '../../../lib/run/notify/credentials-alarm.ts';
import { type RunScene, runScene, temporaryError } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const REASON = 'credentials_refused since 2026-01-02T02:30:00.000Z';

/** So many drives in a row are refused, a minute apart. */
async function drives({ deps, clock }: RunScene, count: number) {
  for (let drive = 0; drive < count; drive += 1) {
    await noteCredentialsRefused(deps, 'credentials_refused');
    clock.move(MINUTE);
  }
}

const reasons = ({ published }: RunScene): unknown[] =>
  published.map(({ kind, reason }) => [kind, reason]);

describe('noteCredentialsRefused', () => {
  it.each([
    [1, { drives: 1, notified: false, retry_at: 0 }],
    [2, { drives: 2, notified: false, retry_at: 0 }],
    [3, { drives: 3, notified: true, retry_at: T0 + 7 * MINUTE }],
    [4, { drives: 4, notified: true, retry_at: T0 + 8 * MINUTE }],
  ])('counts refused drives in a row, and pauses after the third: %i', async (count, expected) => {
    const scene = runScene();
    await drives(scene, count);
    expect(await readCredentialAlarm(scene.store)).toEqual({
      since: T0,
      ...expected,
    });
  });

  it('notifies of the third refusal, once', async () => {
    const scene = runScene();
    await drives(scene, 2);
    expect(reasons(scene)).toEqual([]);
    await drives(scene, 1);
    expect(reasons(scene)).toEqual([['credentials', REASON]]);
    await drives(scene, 3);
    expect(reasons(scene)).toHaveLength(1);
  });

  it('notifies in the next drive when the topic failed', async () => {
    const scene = runScene();
    scene.topic.fails = temporaryError();
    await drives(scene, 3);
    expect(await readCredentialAlarm(scene.store)).toMatchObject({ drives: 3, notified: false });
    scene.topic.fails = undefined;
    await drives(scene, 1);
    expect(reasons(scene)).toEqual([['credentials', REASON]]);
    expect(await readCredentialAlarm(scene.store)).toMatchObject({ drives: 4, notified: true });
  });

  it('logs each refusal', async () => {
    const scene = runScene();
    await drives(scene, 2);
    const line = (drives: number) => [
      'error',
      'credentials_refused',
      { code: 'credentials_refused', drives },
    ];
    expect(scene.lines).toEqual([line(1), line(2)]);
  });
});

describe('clearCredentialsRefused', () => {
  it('starts the count again at the next refusal', async () => {
    const scene = runScene();
    await drives(scene, 3);
    await clearCredentialsRefused(scene.deps);
    await drives(scene, 1);
    expect(await readCredentialAlarm(scene.store)).toMatchObject({
      drives: 1,
      since: T0 + 3 * MINUTE,
      notified: false,
    });
  });
});
