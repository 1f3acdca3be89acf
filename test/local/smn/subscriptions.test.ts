import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../local/simulation/random.ts';
import { createSubscriptions } from '../../../local/smn/subscriptions.ts';

const fixture = () =>
  createSubscriptions({ projectId: 'p1', random: createRandom(1, 'subscriptions') });
const MAIL = { protocol: 'email', endpoint: 'a@example.com' };
const ALL = { offset: 0, limit: 100 };

describe('subscriptions', () => {
  it('are listed by topic and page; only functions need no confirmation', () => {
    const subscriptions = fixture();
    const mail = subscriptions.add('t1', MAIL);
    subscriptions.add('t1', {
      protocol: 'functionstage',
      endpoint: 'urn:fss:r:p:function:default:f',
    });
    expect(subscriptions.list('t1', ALL)).toMatchObject({
      subscription_count: 2,
      subscriptions: [
        { protocol: 'email', status: 0, subscription_urn: mail.urn },
        { protocol: 'functionstage', status: 2, topic_urn: 't1' },
      ],
    });
    expect(subscriptions.list('t1', { offset: 1, limit: 1 })['subscriptions']).toHaveLength(1);
    expect(subscriptions.list('t2', ALL)).toEqual({ subscription_count: 0, subscriptions: [] });
  });

  it('are created once for a protocol and endpoint', () => {
    const subscriptions = fixture();
    const first = subscriptions.add('t1', MAIL);
    expect(subscriptions.add('t1', MAIL)).toEqual({ urn: first.urn, existed: true });
    expect(subscriptions.add('t2', MAIL).existed).toBe(false);
  });

  it('refuse an unknown protocol', () => {
    expect(() => fixture().add('t1', { protocol: 'fax', endpoint: '1' })).toThrow(
      expect.objectContaining({ code: 'SMN.0024' }),
    );
  });
});
