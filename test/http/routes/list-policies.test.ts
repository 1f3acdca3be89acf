import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { ready } from '../support/runs.ts';

describe('GET /v1/policies', () => {
  it('returns each policy', async () => {
    const made = await ready();
    const { body } = await made.call('GET', '/v1/policies');
    expect(body.policies).toMatchObject([{ policy: 'nightly', state: 'active' }]);
  });

  it('returns paused policies, with the time, and disabled ones', async () => {
    const made = await ready();
    const until = new Date(made.clock.now() + 3 * 24 * 3_600_000).toISOString();
    await made.putPolicy(`${NIGHTLY}paused_until: "${until}"\n`);
    await made.putPolicy(NIGHTLY.replace('name: nightly', 'name: off\nenabled: false'), 'off');
    const { body } = await made.call('GET', '/v1/policies');
    expect(body.policies).toMatchObject([
      { policy: 'nightly', state: 'paused', paused_until: until },
      { policy: 'off', state: 'disabled', next_slot: null },
    ]);
  });
});
