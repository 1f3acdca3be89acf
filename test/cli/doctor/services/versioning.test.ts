import { describe, expect, it } from 'vitest';
import { doctorNight } from '../../support/doctor-night.ts';

describe('versioning', () => {
  it('passes without versioning and without object lock', async () => {
    const cli = await doctorNight({ bare: true });
    expect((await cli.finding('versioning')).outcome).toBe('ok');
  });

  it.each([
    [{ versioning: 'Enabled' }, 'stay as old versions, and you pay for them'],
    [{ lock: {} }, 'object lock is enabled without a default'],
    [{ lock: { days: 30 } }, 'keeps every object for 30 days'],
    [{ lock: { years: 2 } }, 'keeps every object for 2 years'],
  ] as const)('warns of %o and says what it means', async (traits, text) => {
    const cli = await doctorNight({ bare: true });
    cli.night.cloud.obs.traits.set('phonevault-demo', traits);
    const { outcome, message } = await cli.finding('versioning');
    expect(outcome).toBe('warning');
    expect(message).toContain(text);
  });

  it('passes when versioning is suspended, and says so', async () => {
    const cli = await doctorNight({ bare: true });
    cli.night.cloud.obs.traits.set('phonevault-demo', { versioning: 'Suspended' });
    const { outcome, message } = await cli.finding('versioning');
    expect(outcome).toBe('ok');
    expect(message).toContain('suspended');
  });

  it.each(['GetBucketVersioning', 'GetObjectLockConfiguration'])(
    'is unknown when %s is denied',
    async (operation) => {
      const cli = await doctorNight({ bare: true });
      const denied = { kind: 'error', status: 403, code: 'AccessDenied' } as const;
      cli.night.cloud.control.addFault({ service: 'obs', operation, ...denied });
      const { outcome, fix } = await cli.finding('versioning');
      expect(outcome).toBe('unknown');
      expect(fix).toMatch(/obs:bucket:GetBucket(?:Versioning|ObjectLockConfiguration)/);
    },
  );
});
