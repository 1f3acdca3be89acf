import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { composeMessage } from '../../../lib/run/notify/message/compose.ts';
import type { Notification } from '../../../lib/run/notify/message/notification.ts';
import { publish } from '../../../lib/run/notify/publish.ts';
import { runScene, temporaryError } from '../../support/run-scene.ts';

const missed = {
  reason: 'too_late',
  first: '20260101T183000Z',
  last: '20260101T183000Z',
  slots: 1,
};
const notification: Notification = { kind: 'missed', policy: 'night-ly', missed };

describe('publish', () => {
  it('publishes the composed message to the topic', async () => {
    const { deps, lines } = runScene();
    const published: unknown[] = [];
    const topic = {
      ...deps.topic,
      publish: async (...call: unknown[]) => (published.push(...call), { message_id: 'm1' }),
    };
    const locale = { language: 'zh', timezone: 'Asia/Shanghai' } as const;
    expect(await publish({ ...deps, topic }, notification, locale)).toBe(true);
    expect(published).toEqual(['urn:backups', composeMessage(notification, locale)]);
    expect(lines).toEqual([]);
  });

  it.each<[string, unknown, object]>([
    [
      'the code and text of a PhonevaultError',
      new PhonevaultError('unreachable', 'no answer'),
      { code: 'unreachable', message: 'no answer' },
    ],
    ['the text of any other error', new Error('odd'), { code: 'unknown', message: 'odd' }],
    ['no text of a thrown string', 'secret', { code: 'unknown', message: 'unknown' }],
  ])('logs a topic that fails, with %s', async (_, error, fields) => {
    const { deps, lines, topic } = runScene();
    topic.fails = error as Error;
    expect(await publish(deps, notification)).toBe(false);
    expect(lines).toEqual([
      ['error', 'notify_failed', { policy: 'night-ly', kind: 'missed', ...fields }],
    ]);
  });

  it('logs a failed notification without a policy', async () => {
    const { deps, lines, topic } = runScene();
    topic.fails = temporaryError();
    await publish(deps, { kind: 'credentials', code: 'credentials_refused', since: 0 });
    expect(lines).toMatchObject([
      ['error', 'notify_failed', { kind: 'credentials', policy: undefined }],
    ]);
  });
});
