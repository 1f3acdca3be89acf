import { EXPIRED, READER } from '../keys.ts';
import type { Sent } from './event.ts';
import { bearer, cancel, get, hook, plan, start } from './sent.ts';
import { FOREIGN, RESTRICTED, SECRET } from './settings.ts';

type Make = (number: number) => Sent;
export type Kind = [kind: string, share: number, expected: number[], make: Make];

/** Returns every kind of call with its share of all calls. */
export function kindsOf(random: () => number, phones: string[], known: string[]): Kind[] {
  const upTo = (most: number): number => Math.floor(random() * most);
  const some = (): string[] => [phones[upTo(phones.length)] ?? ''];
  const nightly = { policy: 'nightly' };
  const aRun = (): string => known[upTo(known.length)] ?? 'none';
  const key = (): string => `key-${upTo(12)}`;

  return [
    ['run: a repeated key', 10, [202], () => start(nightly, key())],
    ['run: some phones', 5, [202], (n) => start({ ...nightly, phones: some() }, `some-${n}`)],
    [
      'run: a key for one of two bodies',
      5,
      [202, 409],
      () => start(random() < 0.5 ? nightly : { policy: 'weekly' }, `both-${upTo(6)}`),
    ],
    ['run: an unknown phone', 1, [202], () => start({ ...nightly, phones: ['ffff'] }, 'ffff')],
    ['run: no key', 2, [400], () => start(nightly)],
    ['run: a key with spaces', 1, [400], () => start(nightly, 'a b')],
    ['run: not JSON', 2, [400], (n) => start(['', '{', 'null x', '\u0000'][n % 4] ?? '', 'bad')],
    [
      'run: another shape',
      3,
      [400],
      (n) =>
        start(
          [[], null, 7, { policy: 7 }, { ...nightly, x: 1 }, { ...nightly, phones: [] }][n % 6],
          'bad',
        ),
    ],
    [
      'run: __proto__',
      1,
      [400],
      () => start('{"__proto__":{"policy":"nightly"},"policy":"nightly"}', 'p'),
    ],
    [
      'run: 1,001 phones',
      1,
      [400],
      () => start({ ...nightly, phones: Array.from({ length: 1001 }, (_, n) => `p${n}`) }, 'many'),
    ],
    ['run: no such policy', 2, [404], () => start({ policy: 'nobody' }, 'k')],
    ['run: a policy with faults', 2, [422], () => start({ policy: 'broken' }, 'k')],
    ['run: 7 MB', 0.3, [413], () => start(`"${'x'.repeat(7e6)}"`, 'large')],
    [
      'run: a token that may only read',
      2,
      [403],
      () => ({ ...start(nightly, 'k'), headers: bearer(READER) }),
    ],
    ['webhook: a repeated message', 6, [202], () => hook([SECRET], `msg_${upTo(8)}`, nightly)],
    [
      'webhook: two signatures',
      3,
      [202],
      (n) => hook([FOREIGN, SECRET], `two_${upTo(4)}`, nightly, { joint: n % 2 ? ' ' : ', ' }),
    ],
    ['webhook: stale', 2, [401], () => hook([SECRET], 'msg_old', nightly, { away: -301_000 })],
    ['webhook: forged', 2, [401], () => hook([FOREIGN], 'msg_forged', nightly)],
    [
      'webhook: a secret for another policy',
      2,
      [403],
      () => hook([RESTRICTED], 'msg_other', { policy: 'weekly' }),
    ],
    [
      'webhook: missing headers',
      1,
      [401],
      () => ({ ...start(nightly), headers: { 'webhook-id': 'a' } }),
    ],
    ['list', 8, [200], () => get('/v1/runs')],
    [
      'list: filters',
      4,
      [200],
      (n) =>
        get(
          '/v1/runs',
          [
            { policy: 'nightly' },
            { open: '1' },
            { open: '0', limit: '1' },
            { outcome: 'failed', since: '2026-01-01T00:00:00Z' },
          ][n % 4],
        ),
    ],
    [
      'list: bad queries',
      3,
      [400],
      (n) =>
        get(
          '/v1/runs',
          [
            { limit: '0' },
            { limit: ['1', '2'] },
            { outcome: 'fine' },
            { after: 'a b' },
            { since: 'yesterday' },
            { x: '1' },
          ][n % 6],
        ),
    ],
    [
      'show: a run',
      6,
      [200],
      () => get(`/v1/runs/${aRun()}`, random() < 0.5 ? { phones: '1' } : {}),
    ],
    [
      'show: no such run',
      4,
      [404],
      (n) =>
        get(
          `/v1/runs/${['nobody-1', '%2e%2e%2fstate', 'é', 'A'.repeat(4000), '__proto__', '%00'][n % 6]}`,
        ),
    ],
    ['cancel: a run', 3, [202, 409], () => cancel(aRun())],
    ['cancel: no such run', 2, [404], () => cancel('nightly-20200101t000000z')],
    ['plan', 5, [200, 202], () => plan(nightly)],
    ['plan: fresh', 2, [202], () => plan(nightly, { fresh: '1' })],
    [
      'plan: some phones, a slot',
      3,
      [200, 202],
      () => plan({ ...nightly, phones: some(), slot: '2026-02-03T02:30:00+08:00' }),
    ],
    [
      'plan: bad',
      3,
      [400, 404, 422],
      (n) =>
        plan([{}, { policy: 'nobody' }, { policy: 'broken' }, { ...nightly, slot: 'soon' }][n % 4]),
    ],
    ['policies', 4, [200], () => get('/v1/policies')],
    ['openapi', 2, [200], () => get('/v1/openapi.json', {}, READER)],
    [
      'no such route',
      2,
      [404],
      (n) => get(['/', '/v1', '/v1/run', '/v2/runs', '/v1/runs/a/b/c'][n % 5] ?? ''),
    ],
    [
      'another method',
      2,
      [405],
      (n) => ({ ...get('/v1/runs'), method: ['PUT', 'DELETE', 'PATCH'][n % 3] ?? '' }),
    ],
    ['no token', 2, [401], () => ({ path: '/v1/runs' })],
    ['a wrong token', 2, [401], (n) => get('/v1/runs', {}, n % 2 ? EXPIRED : 'pv_wrong')],
    ['an event of another trigger', 1, [400], () => ({ path: '' })],
  ];
}
