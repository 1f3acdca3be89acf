import { expect, test } from 'vitest';
import { ZONE_NAMES } from '../../../lib/policy/slots/zone-names.ts';
import { zoneProblems } from '../../../lib/policy/slots/zones.ts';

test('this runtime knows every zone of the list', () => {
  expect([...ZONE_NAMES].flatMap(zoneProblems)).toEqual([]);
});

test('the list has every zone that this runtime names', () => {
  const missing = Intl.supportedValuesOf('timeZone').filter((zone) => !ZONE_NAMES.has(zone));
  expect(missing).toEqual([]);
});
