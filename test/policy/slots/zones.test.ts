import { expect, test } from 'vitest';
import { zoneProblems } from '../../../lib/policy/slots/zones.ts';

test.each(['Asia/Shanghai', 'UTC', 'Etc/GMT+8', 'America/Argentina/Buenos_Aires', 'PRC'])(
  '%s is a zone',
  (zone) => {
    expect(zoneProblems(zone)).toEqual([]);
  },
);

test.each([
  ['Asia/Beijing', 'Asia/Shanghai'],
  ['Shanghai', 'Asia/Shanghai'],
  ['Asia/Shangai', 'Asia/Shanghai'],
  ['new york', 'America/New_York'],
  ['Europe/Belrin', 'Europe/Berlin'],
  ['UTX', 'UTC'],
])('%s is not: %s is meant', (zone, meant) => {
  expect(zoneProblems(zone)).toEqual([
    {
      message: `"${zone}" is not a time zone`,
      allowed: 'a zone of the IANA data base, such as Asia/Shanghai or UTC',
      hint: `Did you mean ${meant}?`,
    },
  ]);
});

test.each(['', '+08:00', 'Mars/Olympus_Mons', 'x'.repeat(100)])('%j is like no zone', (zone) => {
  expect(zoneProblems(zone)).toHaveLength(1);
  expect(zoneProblems(zone)[0]?.hint).toBeUndefined();
});
