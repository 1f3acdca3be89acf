import { expect, test } from 'vitest';
import { messageZone, zoneProblems } from '../../../lib/policy/slots/zones.ts';

test.each([
  'Asia/Shanghai',
  'UTC',
  'Etc/GMT+8',
  'America/Argentina/Buenos_Aires',
  'PRC',
  'EST5EDT',
])('accepts the time zone %s', (zone) => {
  expect(zoneProblems(zone)).toEqual([]);
});

test.each([
  ['Asia/Beijing', 'Asia/Shanghai'],
  ['Shanghai', 'Asia/Shanghai'],
  ['asia/shanghai', 'Asia/Shanghai'],
  ['Asia/Shangai', 'Asia/Shanghai'],
  ['CST', 'Asia/Shanghai'],
  ['GMT+8', 'Asia/Shanghai'],
  ['GMT+08:00', 'Asia/Shanghai'],
  ['UTC+8', 'Asia/Shanghai'],
  ['UTC +8', 'Asia/Shanghai'],
  ['+08:00', 'Asia/Shanghai'],
  ['+0800', 'Asia/Shanghai'],
  ['Beijing', 'Asia/Shanghai'],
  ['北京', 'Asia/Shanghai'],
  ['东八区', 'Asia/Shanghai'],
  ['China Standard Time', 'Asia/Shanghai'],
  ['UTC8', 'Asia/Shanghai'],
  ['08:00', 'Asia/Shanghai'],
  ['JST', 'Asia/Tokyo'],
  ['utc', 'UTC'],
  ['new york', 'America/New_York'],
  ['Europe/Belrin', 'Europe/Berlin'],
])('rejects the time zone %s and suggests %s', (zone, suggested) => {
  expect(zoneProblems(zone)).toEqual([
    {
      message: `"${zone}" is not an IANA time zone`,
      allowed: 'an IANA time zone, such as Asia/Shanghai or UTC',
      hint: `Did you mean ${suggested}?`,
    },
  ]);
});

// ICU knows these, each with a meaning that surprises: BST is Dhaka, AST Anchorage.
test.each(
  'ACT AET AGT ART AST BET BST CAT CNT EAT ECT IET IST MIT NET NST PLT PNT PRT PST SST VST SystemV/CST6'.split(
    ' ',
  ),
)('rejects the abbreviation %s and asks for a city', (zone) => {
  expect(zoneProblems(zone)[0]?.hint).toContain('Name a city');
});

test.each(['', '+09:30', 'Mars/Olympus_Mons', 'x'.repeat(100), 'constructor/__proto__'])(
  'rejects the time zone %j without a suggestion',
  (zone) => {
    expect(zoneProblems(zone)).toHaveLength(1);
    expect(zoneProblems(zone)[0]?.hint).toBeUndefined();
  },
);

test.each([
  [
    'of its schedule',
    { schedule: { timezone: 'Asia/Shanghai' }, retention: { timezone: 'UTC' } },
    'Asia/Shanghai',
  ],
  ['of its retention', { retention: { timezone: 'Europe/Berlin' } }, 'Europe/Berlin'],
  ['UTC', { retention: {} }, 'UTC'],
])('tells the times of a policy in the zone %s', (_, policy, expected) => {
  expect(messageZone(policy)).toBe(expected);
});
