import { describe, expect, it } from 'vitest';
import { cphFixture } from '../support/cph.ts';

describe('the control of a cloud', () => {
  it('runs the due events before each response', async () => {
    const { control, clock } = cphFixture();
    const [phone] = (await control.createPhones(1)) ?? [];
    clock.move(60_000);
    const phones = await control.phones();
    expect(phones.find(({ phone_id }) => phone_id === phone?.phone_id)?.status).toBe(2);
  });

  it('returns false or undefined for an unknown phone or server', async () => {
    const { control } = cphFixture();
    expect([
      await control.deletePhone('none'),
      await control.setStatus('none', 2),
      await control.files('none'),
      await control.createPhones(1, 'none'),
    ]).toEqual([false, false, undefined, undefined]);
  });

  it('returns a copy of the limits', () => {
    const { control, world } = cphFixture();
    control.limits().writesPerMinute = 1;
    expect(world.limits.writesPerMinute).toBe(10_000);
  });
});
