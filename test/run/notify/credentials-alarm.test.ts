import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readCredentialsRefused } from '../../../lib/ledger/state/credential-alarm.ts';
import {
  clearCredentialsRefused,
  noteCredentialsRefused,
  tell,
} from '../../../lib/run/notify/credentials-alarm.ts';
import { composeMessage } from '../../../lib/run/notify/compose.ts';
import { type RunScene, runScene, trouble } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const REASON = 'credentials_refused since 2026-01-02T02:30:00.000Z';

/** So many drives find their credentials refused, a minute apart. */
async function drives({ deps, clock }: RunScene, count: number) {
  for (let drive = 0; drive < count; drive += 1) {
    await noteCredentialsRefused(deps, 'credentials_refused');
    clock.move(MINUTE);
  }
}

const reasons = ({ told }: RunScene): unknown[] => told.map(({ kind, reason }) => [kind, reason]);

describe('noteCredentialsRefused', () => {
  it.each([
    [1, { ticks: 1, alarmed: false, rest_until: 0 }],
    [2, { ticks: 2, alarmed: false, rest_until: 0 }],
    [3, { ticks: 3, alarmed: true, rest_until: T0 + 7 * MINUTE }],
    [4, { ticks: 4, alarmed: true, rest_until: T0 + 8 * MINUTE }],
  ])('counts the drives: after %i', async (count, expected) => {
    const scene = runScene();
    await drives(scene, count);
    expect(await readCredentialsRefused(scene.store)).toEqual({
      version: 1,
      since: T0,
      ...expected,
    });
  });

  it('tells the topic of the third, once', async () => {
    const scene = runScene();
    await drives(scene, 2);
    expect(reasons(scene)).toEqual([]);
    await drives(scene, 1);
    expect(reasons(scene)).toEqual([['credentials', REASON]]);
    await drives(scene, 3);
    expect(reasons(scene)).toHaveLength(1);
  });

  it('tells the next time where the topic failed', async () => {
    const scene = runScene();
    scene.topic.fails = trouble();
    await drives(scene, 3);
    expect(await readCredentialsRefused(scene.store)).toMatchObject({ ticks: 3, alarmed: false });
    scene.topic.fails = undefined;
    await drives(scene, 1);
    expect(reasons(scene)).toEqual([['credentials', REASON]]);
    expect(await readCredentialsRefused(scene.store)).toMatchObject({ ticks: 4, alarmed: true });
  });

  it('logs every one', async () => {
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

describe('clearCredentialTrouble', () => {
  it('has the next trouble count anew', async () => {
    const scene = runScene();
    await drives(scene, 3);
    await clearCredentialsRefused(scene);
    await drives(scene, 1);
    expect(await readCredentialsRefused(scene.store)).toMatchObject({
      ticks: 1,
      since: T0 + 3 * MINUTE,
      alarmed: false,
    });
  });
});

describe('tell', () => {
  const message = composeMessage({ kind: 'missed', policy: 'nightly', reason: 'too_late' });

  it('publishes to the topic that is set', async () => {
    const { deps, lines } = runScene();
    const published: unknown[] = [];
    const publish = async (...call: unknown[]) => (published.push(...call), { message_id: 'm1' });
    expect(await tell({ ...deps, topic: { ...deps.topic, publish } }, message)).toBe(true);
    expect(published).toEqual(['urn:backups', message]);
    expect(lines).toEqual([]);
  });

  it.each<[string, unknown, object]>([
    [
      'the code and text of an error of ours',
      new PhonevaultError('unreachable', 'no answer'),
      { code: 'unreachable', message: 'no answer' },
    ],
    ['the text of any other error', new Error('odd'), { code: 'unknown', message: 'odd' }],
    ['nothing of what is no error', 'secret', { code: 'unknown', message: 'unknown' }],
  ])('logs a topic that fails, with %s', async (_, error, told) => {
    const { deps, lines, topic } = runScene();
    topic.fails = error as Error;
    expect(await tell(deps, message)).toBe(false);
    expect(lines).toEqual([
      ['error', 'notify_failed', { policy: 'nightly', kind: 'missed', ...told }],
    ]);
  });

  it('logs no policy for a message of none', async () => {
    const { deps, lines, topic } = runScene();
    topic.fails = trouble();
    await tell(deps, composeMessage({ kind: 'credentials' }));
    expect(lines).toMatchObject([
      ['error', 'notify_failed', { kind: 'credentials', policy: undefined }],
    ]);
  });
});
