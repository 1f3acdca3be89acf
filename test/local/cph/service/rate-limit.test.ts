import { expect, it } from 'vitest';
import { createRateLimit } from '../../../../local/cph/service/rate-limit.ts';
import { cphFixture } from '../../support/cph.ts';

const caller = (userId: string) => ({
  principal: { userId, userName: userId, domainId: 'd' },
  projectId: 'p',
  byToken: true,
});

it('limits the calls of each user and kind in a sliding minute of simulated time', async () => {
  const { world, time, clock, control } = cphFixture({
    limits: { writesPerMinute: 2, readsPerMinute: 1 },
  });
  await control.setSpeed(10);
  const count = createRateLimit(world, time);
  const write = (user = 'a') => count(caller(user), 'write');
  expect([write(), write(), write(), write('b')]).toEqual([undefined, undefined, 2, undefined]);
  expect([count(caller('a'), 'read'), count(caller('a'), 'read')]).toEqual([undefined, 1]);
  clock.move(5_999);
  expect(write()).toBe(2);
  clock.move(5_999);
  expect(write()).toBeUndefined();
});
