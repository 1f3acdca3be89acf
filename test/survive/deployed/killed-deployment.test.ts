import { describe, expect, it } from 'vitest';
import { remove } from '../../../deploy/plugin/commands/remove.js';
import type { Cloud as Client } from '../../../deploy/plugin/types.js';
import { apig, fixture, SECOND, stateOf, timer } from '../../deploy/plugin/deploy-scene.ts';

class Killed extends Error {}

/** Returns the calls of a deployment that is killed before call number `last + 1`, and how many it made. */
function dying(client: Client, last: number) {
  let calls = 0;
  const killed = new Proxy(client, {
    get:
      (target, name: keyof Client) =>
      async (...args: unknown[]) => {
        if (calls >= last) throw new Killed();
        calls += 1;
        return (target[name] as (...given: unknown[]) => unknown)(...args);
      },
  });
  return { killed, calls: () => calls };
}

type Scene = Awaited<ReturnType<typeof fixture>>;

/** A later version: other code, settings, secrets, limits and triggers. */
const later = ({ allDesired, cloud }: Scene) => {
  const sms = { triggerTypeCode: 'SMN', eventData: { topicUrn: cloud.topicUrn } };
  return allDesired({
    drive: {
      events: timer('2m'),
      memorySize: 1024,
      maxInstances: 2,
      async: { retries: 1, maxAge: 90 },
    },
    http: { events: apig('/x/v1'), encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'other' } },
    event: { events: [sms], environment: { PHONEVAULT_CTS_SERVICE_TYPE: 'CPHost' } },
  });
};
const first = ({ allDesired }: Scene) =>
  allDesired({
    http: { events: apig('/v1'), encryptedEnvironment: { PHONEVAULT_HTTP_TOKENS: 'one' } },
  });

const deployFirst = (scene: Scene, by?: Client) => scene.run(first(scene), undefined, {}, by);
const deployLater = (scene: Scene, by?: Client) => scene.run(later(scene), SECOND, {}, by);
const removeAll = (scene: Scene, by: Client = scene.client) =>
  remove(by, first(scene), {}, scene.print);

type Work = (scene: Scene, by?: Client) => Promise<number>;

/** What was done before, what is killed, and what is done then. */
const CASES: [name: string, before: Work, killed: Work, then: Work][] = [
  ['a first deployment, then a later version', async () => 0, deployFirst, deployLater],
  ['an upgrade', deployFirst, deployLater, deployLater],
  ['an upgrade, then the first version', deployFirst, deployLater, deployFirst],
  ['a removal, then a deployment', deployFirst, removeAll, deployFirst],
];

describe.each(CASES)('%s: killed before any of its calls', (_, before, work, then) => {
  it('reaches the same end when it is repeated', { timeout: 300_000 }, async () => {
    const reference = await fixture();
    await before(reference);
    const counting = dying(reference.client, Infinity);
    await work(reference, counting.killed);
    await then(reference);
    const end = await stateOf(reference.cloud, reference.client, reference.allDesired());

    expect(counting.calls()).toBeGreaterThan(4);
    for (let last = 0; last < counting.calls(); last += 1) {
      const scene = await fixture();
      await before(scene);
      await expect(work(scene, dying(scene.client, last).killed)).rejects.toThrow(Killed);
      await then(scene);
      const found = await stateOf(scene.cloud, scene.client, scene.allDesired());
      expect(found, `killed after ${last} calls`).toBe(end);
      expect(await then(scene), `killed after ${last} calls`).toBe(0);
    }
  });
});
