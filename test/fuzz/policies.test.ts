import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect } from 'vitest';
import { parseCron } from '../../lib/policy/slots/cron.ts';
import { globMatcher, globProblems } from '../../lib/policy/selection/glob.ts';
import { archiveKey, expandObjectPath, runFolder } from '../../lib/policy/keys/keys.ts';
import { parsePolicy } from '../../lib/policy/parse/parse.ts';
import { newestSlotWithin, nextSlot } from '../../lib/policy/slots/slots.ts';
import { fuzz } from './fuzz.ts';
import { hostileText, mutated, mutatedText } from './hostile.ts';

const examples = ['nightly.yaml', 'weekly-apps.yaml'].map((name) =>
  readFileSync(join(import.meta.dirname, '../../examples', name), 'utf8'),
);
const CONTEXT = {
  fileName: 'policies/nightly.yaml',
  ledger: { bucket: 'b-1', prefix: 'phonevault/' },
};
const NOW = Date.UTC(2026, 0, 2, 3);
const sample = {
  name: 'nightly',
  enabled: true,
  schedule: { cron: '0 30 2 * * *', timezone: 'Asia/Shanghai', start_within: '2h' },
  select: {
    servers: ['0123456789abcdef0123456789abcdef'],
    server_tags: { env: ['prod'] },
    name: 'game-*',
    exclude: { phones: ['0123456789abcdef0123456789abcdef'], name: ['x?'] },
    max_phones: 5000,
  },
  export: {
    include: ['/data/data', '/data/media/0'],
    exclude: ['/data/data/com.example.cache'],
    bucket: 'my-phone-backups',
    object_path: '{policy}/{date}/{slot}',
  },
  deadline: '2h',
  export_timeout: '1h',
  wait_for_phones: '10m',
  max_in_flight_per_server: 4,
  retry: { attempts: 2 },
  on_provisioned: true,
  notify: { when: 'always', language: 'en' },
};

/** What a policy that is accepted may lead to: keys that stay in their folder, slots that can be computed. */
function use(text: string): void {
  const read = parsePolicy(text, CONTEXT);
  if (!read.ok) {
    expect(read.errors.length).toBeGreaterThan(0);
    return;
  }
  const { name, export: wanted, schedule, select } = read.policy;
  const folder = expandObjectPath(wanted.object_path, {
    policy: name,
    date: '20260102',
    slot: '20260102T030000Z',
  });
  const key = archiveKey(runFolder(folder, `${name}-20260102t030000z`), 'r', 'p', 1);
  expect(key).toMatch(/^[A-Za-z0-9._+#=-]+(?:\/[A-Za-z0-9._+#=-]+)+$/);
  expect(key.split('/').some((part) => part === '.' || part === '..')).toBe(false);
  expect(name).toMatch(/^[a-z0-9-]{1,32}$/);
  if (schedule !== undefined) {
    const { cron, timezone } = schedule;
    nextSlot({ cron, timezone }, NOW);
    newestSlotWithin({ cron, timezone, start_within: 7_200_000 }, 0, NOW);
  }
  for (const pattern of [select.name ?? []].flat()) globMatcher(pattern)('game-1'.repeat(40));
}

describe('policies', () => {
  // Reading the most parts that a file may have takes as long as that.
  fuzz('texts', mutatedText(examples), use);
  fuzz(
    'fields',
    mutated([sample]).map((value) => JSON.stringify(value) ?? ''),
    use,
  );
  fuzz('name patterns', fc.tuple(hostileText, hostileText), ([pattern, name]) => {
    if (globProblems(pattern).length === 0) globMatcher(pattern)(name.slice(0, 1_024));
  });
  const item = fc.oneof(
    fc.constantFrom('*', '*/7', '1-5', 'L', 'mon-fri', '31', '30', '2', '0', '59', '*/59'),
    hostileText,
  );
  fuzz(
    'cron expressions',
    fc.array(item, { minLength: 5, maxLength: 7 }).map((parts) => parts.join(' ')),
    (cron) => {
      if (!parseCron(cron).ok) return;
      nextSlot({ cron, timezone: 'Asia/Shanghai' }, NOW);
      newestSlotWithin({ cron, timezone: 'America/New_York', start_within: 7_200_000 }, 0, NOW);
    },
  );
});
