import { expect, it } from 'vitest';
import { parsePowerRequest } from '../../../../local/cph/submit/power-request.ts';
import { cphFixture } from '../../support/cph.ts';

const { limits } = cphFixture({ limits: { phonesPerCall: 2 } }).world;
const phone = { phone_id: 'p1' };

it('reads a list of phones, for a stop a list of ids', () => {
  expect(parsePowerRequest('restart', { phones: [phone] }, limits)).toEqual([phone]);
  expect(parsePowerRequest('stop', { phone_ids: ['p1'] }, limits)).toEqual([phone]);
});

it.each([
  ['restart', { phone_ids: ['p1'] }, 'CPS.0077'],
  ['stop', { phones: [phone] }, 'CPS.0077'],
  ['reset', { phones: [] }, 'CPS.0077'],
  ['reset', { phones: [{ ...phone, property: {} }] }, 'CPS.0077'],
  ['reset', { phones: [phone, phone, phone] }, 'CPS.0190'],
] as const)('refuses for a %s %j', (kind, body, code) => {
  expect(() => parsePowerRequest(kind, body, limits)).toThrow(expect.objectContaining({ code }));
});
