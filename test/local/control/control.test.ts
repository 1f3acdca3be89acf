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

  it('lists the files of a phone by path, with size and hash', async () => {
    const { control, running } = cphFixture();
    const { id } = running()[0]!;
    const files = (await control.files(id)) ?? [];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort());
    expect(files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
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
