import { Webhook } from 'standardwebhooks';
import { EXPIRED, hashOf, READER, TOKEN, WEBHOOK_KEYS } from './keys.ts';

const [SECRET = '', RESTRICTED = '', FOREIGN = ''] = WEBHOOK_KEYS;

/** The callers' tokens and webhook secrets. */
export const HTTP_SETTINGS = {
  PHONEVAULT_HTTP_TOKENS: [
    `ci:read+run+cancel:never:sha256-${hashOf(TOKEN)}`,
    `screen:read:never:sha256-${hashOf(READER)}`,
    `old:read+run:2025-12-31:sha256-${hashOf(EXPIRED)}`,
  ].join(','),
  PHONEVAULT_WEBHOOK_SECRETS: `${SECRET},crm:nightly:${RESTRICTED}`,
};

/** A call to the API and its allowed statuses. The event is made when it is sent, because signatures have a time. */
export type HttpCall = { kind: string; expected: number[]; event: () => unknown };

type Sent = {
  method?: string;
  path: string;
  query?: Record<string, unknown>;
  headers?: Record<string, unknown>;
  body?: string;
};
type Make = (number: number) => Sent;
type Kind = [kind: string, share: number, expected: number[], make: Make];

const json = (value: unknown): string => JSON.stringify(value);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/**
 * Returns `count` calls of every kind, against the policies nightly, weekly and broken. `random` decides their order and keys.
 * `known` holds the ids of existing runs; the caller adds new ones.
 */
export function makeCalls(
  random: () => number,
  count: number,
  phones: string[],
  known: string[],
): HttpCall[] {
  const upTo = (most: number): number => Math.floor(random() * most);
  const some = (): string[] => [phones[upTo(phones.length)] ?? ''];
  const start = (body: unknown, key?: string): Sent => ({
    method: 'POST',
    path: '/v1/runs',
    headers: { ...bearer(TOKEN), ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
    body: typeof body === 'string' ? body : json(body),
  });
  const get = (path: string, query = {}, token = TOKEN): Sent => ({
    path,
    query,
    headers: bearer(token),
  });
  const plan = (body: unknown, query = {}): Sent => ({
    method: 'POST',
    path: '/v1/plan',
    query,
    headers: bearer(TOKEN),
    body: json(body),
  });
  const cancel = (id: string): Sent => ({
    method: 'POST',
    path: `/v1/runs/${id}/cancel`,
    headers: bearer(TOKEN),
  });
  const hook = (secrets: string[], id: string, body: unknown, away = 0, joint = ' '): Sent => {
    const at = new Date(Date.now() + away);
    const signatures = secrets.map((one) => new Webhook(one).sign(id, at, json(body)));
    const headers = {
      'Webhook-Id': id,
      'Webhook-Timestamp': String(Math.floor(at.getTime() / 1000)),
      'Webhook-Signature': signatures.join(joint),
    };
    return { method: 'POST', path: '/v1/runs', headers, body: json(body) };
  };
  const nightly = { policy: 'nightly' };
  const aRun = (): string => known[upTo(known.length)] ?? 'none';
  const key = (): string => `key-${upTo(12)}`;

  const kinds: Kind[] = [
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
      (n) => hook([FOREIGN, SECRET], `two_${upTo(4)}`, nightly, 0, n % 2 ? ' ' : ', '),
    ],
    ['webhook: stale', 2, [401], () => hook([SECRET], 'msg_old', nightly, -301_000)],
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
  const sum = kinds.reduce((total, [, share]) => total + share, 0);
  const draw = (): Kind | undefined => {
    let left = random() * sum;
    return kinds.find(([, share]) => (left -= share) < 0);
  };
  // Each kind is drawn at least once.
  const drawn = Array.from({ length: count }, (_, number) => kinds[number] ?? draw());
  return drawn
    .filter((kind) => kind !== undefined)
    .map(([kind, , expected, make], number) => {
      return { kind, expected, event: () => eventOf(make(number), number) };
    });
}

/** Returns a call as API gateways deliver it: in plain text or base64, below a path of the operator or not. */
function eventOf({ method = 'GET', path, query = {}, headers = {}, body }: Sent, number: number) {
  if (path === '') return { trigger_type: 'TIMER', time: '2026-02-03T02:15:00Z' };
  const mount = number % 3 === 0 ? '/backup' : '';
  const text = number % 2 === 0 ? body : body && Buffer.from(body).toString('base64');
  return {
    httpMethod: method,
    path: `${mount}${path}`,
    pathParameters: { '': path.slice(1) },
    queryStringParameters: query,
    headers: { 'content-type': 'application/json', ...headers },
    body: text ?? '',
    isBase64Encoded: number % 2 === 1,
    requestContext: { apiId: 'a', requestId: `r${number}`, stage: 'RELEASE' },
  };
}
