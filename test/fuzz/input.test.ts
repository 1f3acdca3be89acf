import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { commands } from '../../cli/all-commands.ts';
import { TransportError } from '../../lib/cloud/request/send.ts';
import { readSettings } from '../../lib/runtime/settings.ts';
import { fakeIo } from '../cli/support/fake-io.ts';
import { type Api, api } from '../http/support/api.ts';
import { TOKEN } from '../../testing/keys.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { playClock } from '../../testing/play-clock.ts';
import { fuzz, refusable } from './fuzz.ts';
import { asBody, hostileText, mutated } from './hostile.ts';

const ENV = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
  PHONEVAULT_PREFIX: 'a/b/',
  PHONEVAULT_TOPIC_URN: 'urn:smn:cn-north-4:p1:t',
  PHONEVAULT_DRIVE_URN: 'urn:fss:cn-north-4:p1:function:default:drive',
  PHONEVAULT_HTTP_TOKENS: `ci:read+run:2027-01-31:sha256-${'ab'.repeat(32)}`,
  PHONEVAULT_WEBHOOK_SECRETS: `crm:nightly:whsec_${'A'.repeat(43)}=`,
  PHONEVAULT_OBS_PATH_STYLE: 'false',
  PHONEVAULT_OBS_ENDPOINT: 'https://obs.example.com',
  PHONEVAULT_CPH_ENDPOINT: 'http://127.0.0.1:8080',
};

describe('settings', () => {
  // An environment holds texts by name: a text in its place would become 60,000 settings of one letter each.
  const environments = mutated([ENV]).map((given) =>
    Object.fromEntries(
      Object.entries(typeof given === 'object' ? (given ?? {}) : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
  );
  fuzz('of any content', environments, (env) =>
    refusable(() => {
      const { bucket, prefix, endpoints } = readSettings({}, { env });
      expect(bucket).toMatch(/^[a-z0-9-]{3,63}$/);
      expect(prefix.split('/')).not.toContain('..');
      for (const url of Object.values(endpoints)) {
        expect(url).toMatch(
          /^(?:https:\/\/|http:\/\/(?:127\.|localhost|[\w.-]+\.localhost|\[::1\]))/i,
        );
      }
    }),
  );
});

const flags = commands.flatMap(({ options = [] }) =>
  options.flatMap((option) => option.flags.split(/[ ,]+/)),
);
const words = [
  ...commands.map(({ name }) => name),
  ...flags,
  '--json',
  '--help',
  '-',
  '--',
  'show',
  'nightly',
  'nightly.yaml',
  '1',
  '24h',
];

describe('command lines', () => {
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: hostileText },
  );
  const argv = fc.tuple(
    fc.constantFrom(...commands.map(({ name }) => name)),
    fc.array(word, { maxLength: 6 }),
  );
  fuzz(
    'of any words',
    fc.tuple(argv, hostileText),
    async ([[name, rest], stdin]) => {
      const keys = { HUAWEICLOUD_SDK_AK: 'AK', HUAWEICLOUD_SDK_SK: 'SK' };
      const clock = playClock();
      const fake = fakeIo({
        // Nobody else moves the clock: each sleep does, also one that is a time limit.
        clock: {
          now: clock.now,
          async sleep(ms, signal) {
            await new Promise((resolve) => setImmediate(resolve));
            if (signal?.aborted !== true) await clock.sleep(ms);
          },
        },
        env: { ...ENV, ...keys },
        send: () => Promise.reject(new TransportError('refused', false)),
        readStdin: async () => stdin,
        // What waits for a person is ended by one.
        onInterrupt(handler) {
          const timer = setImmediate(handler);
          return () => clearImmediate(timer);
        },
        runNode: async () => ({ code: 0, text: '' }),
      });
      const { code, err, out } = await fake.run(name, ...rest);
      expect([0, 1, 2, 130]).toContain(code);
      expect(`${err}${out}`).not.toContain('unexpected ');
    },
    { share: 0.5 },
  );
});

const USES = 300;
let world: Api | undefined;
let uses = 0;

/** The API; a new one from time to time, because requests pile up. */
async function theApi(): Promise<Api> {
  if (world === undefined || ++uses % USES === 0) {
    world = await api({ phones: 4, servers: 1, seed: 3, conditionalPut: 'honoured' });
    await world.putPolicy(NIGHTLY);
  }
  return world;
}

const call = {
  method: 'POST',
  path: '/v1/runs',
  token: TOKEN,
  key: 'k1',
  query: { limit: '10', policy: 'nightly', since: '2026-01-01T00:00:00Z', after: 'x' },
  headers: { 'webhook-id': 'm', 'webhook-timestamp': '1767321000', 'webhook-signature': 'v1,x' },
};
/** As a URL has it: blanks gone, dots resolved. */
const pathOf = (text: string): string => new URL(text, 'http://any').pathname;

const ROUTES = [
  ['POST', '/v1/runs'],
  ['GET', '/v1/runs'],
  ['GET', '/v1/runs/nightly-20260102t023000z'],
  ['POST', '/v1/runs/nightly-20260102t023000z/cancel'],
  ['POST', '/v1/plan'],
  ['GET', '/v1/policies'],
  ['GET', '/v1/openapi.json'],
] as const;

describe('calls of the API', () => {
  const path = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...ROUTES) },
    {
      weight: 1,
      arbitrary: hostileText.map(
        (text) => ['GET', pathOf(`/v1/runs/${text.slice(0, 4_000)}`)] as const,
      ),
    },
  );
  const body = asBody(
    mutated([{ policy: 'nightly', phones: ['0123456789abcdef0123456789abcdef'] }]),
  );
  fuzz(
    'of any content',
    fc.tuple(path, mutated([call]), body, fc.boolean()),
    async ([[method, at], given, text, known]) => {
      const { call: send } = await theApi();
      const { headers, query, key } = Object(given) as Record<string, unknown>;
      const options = {
        ...(known ? {} : { token: '' }),
        ...(typeof key === 'string' ? { key } : {}),
        headers: textsOf(headers),
        query: textsOf(query),
        body: text,
      };
      await refusable(async () => {
        const { status, body: problem } = await send(method, at, options);
        expect([status, problem['code']]).not.toEqual([500, 'internal']);
        expect(status).toBeLessThan(600);
      });
    },
    { share: 0.3 },
  );
});

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(Object(value) as object);
  return Object.fromEntries(entries.filter(([, one]) => typeof one === 'string'));
}
