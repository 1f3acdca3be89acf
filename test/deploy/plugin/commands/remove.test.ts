import { describe, expect, it } from 'vitest';
import { remove } from '../../../../deploy/plugin/commands/remove.js';
import { deployed, fakeCloud, trigger } from '../fake-cloud.ts';
import { desired } from '../serverless-yml.ts';

const all = ['drive', 'event'].map((key) => desired({}, { key }));
const [, event] = all;

describe('remove', () => {
  it('removes every trigger before the first function, so that nothing starts a half of them', async () => {
    const { cloud, calls } = fakeCloud({
      showFunction: async () => deployed(desired()).config,
      listTriggers: async () => [trigger('TIMER', { name: 'a' }), trigger('SMN', {})],
    });
    expect(await remove(cloud, all, {}, () => undefined)).toBe(2);
    const changes = calls.map(([name]) => name).filter((name) => name.startsWith('delete'));
    expect(changes).toEqual([
      ...Array.from({ length: 4 }, () => 'deleteTrigger'),
      ...['deleteFunction', 'deleteFunction'],
    ]);
  });

  it('removes nothing at all when one function is of someone else, unless it is adopted', async () => {
    const { cloud, calls } = fakeCloud({
      showFunction: async (urn) =>
        deployed(desired(), urn === event?.urn ? { description: 'mine' } : {}).config,
      listTriggers: async () => [],
    });
    const refused = remove(cloud, all, {}, () => undefined);
    await expect(refused).rejects.toMatchObject({ code: 'not_ours' });
    expect(calls.every(([name]) => name === 'showFunction')).toBe(true);
    expect(await remove(cloud, all, { adopt: true }, () => undefined)).toBe(2);
  });

  it('goes on where an earlier removal ended', async () => {
    const { cloud, calls } = fakeCloud({
      showFunction: async (urn) => (urn === event?.urn ? deployed(desired()).config : undefined),
      listTriggers: async () => [],
    });
    expect(await remove(cloud, all, {}, () => undefined)).toBe(1);
    expect(calls).toContainEqual(['deleteFunction', event?.urn]);
  });
});
