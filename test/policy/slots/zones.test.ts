import { expect, test } from 'vitest';
import { zoneProblems } from '../../../lib/policy/slots/zones.ts';

test.each(['Asia/Shanghai', 'UTC', 'Etc/GMT+8', 'America/Argentina/Buenos_Aires', 'PRC'])(
  'accepts the time zone %s',
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
])('rejects the time zone %s and suggests %s', (zone, suggested) => {
  expect(zoneProblems(zone)).toEqual([
    {
      message: `"${zone}" is not an IANA time zone`,
      allowed: 'an IANA time zone, such as Asia/Shanghai or UTC',
      hint: `Did you mean ${suggested}?`,
    },
  ]);
});

test.each(['', '+08:00', 'Mars/Olympus_Mons', 'x'.repeat(100)])(
  'rejects the time zone %j without a suggestion',
  (zone) => {
    expect(zoneProblems(zone)).toHaveLength(1);
    expect(zoneProblems(zone)[0]?.hint).toBeUndefined();
  },
);
