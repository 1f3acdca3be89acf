import { describe, expect, it } from 'vitest';
import { composeMessage, notificationId } from '../../../lib/run/notify/compose.ts';
import type { Notification } from '../../../lib/run/notify/notification.ts';

const counts = {
  selected: 20_000,
  exported: 1,
  failed: 19_999,
  skipped: 0,
  timed_out: 0,
  cancelled: 0,
};

function notification(changes: Partial<Notification> = {}): Notification {
  return {
    kind: 'settled',
    run_id: 'a-policy-name-of-thirty-two-chars-20260102t023000z',
    policy: 'a-policy-name-of-thirty-two-char',
    outcome: 'partial',
    counts,
    report: { bucket: 'my-phone-backups', key: 'phonevault/runs/x/report.json' },
    failed: Array.from({ length: 19_999 }, (_, index) => ({
      phone_id: String(index).padStart(32, '0'),
      outcome: 'failed' as const,
      reason: 'job_failed',
      code: 'CPS.0103',
    })),
    ...changes,
  };
}

describe.each(['en', 'zh'] as const)('composeMessage in %s', (language) => {
  it('stays within what SMN takes, whatever the fleet', () => {
    const { subject, message_structure, message_attributes } = composeMessage(
      notification({ language }),
    );
    expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(512);
    expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(64 * 1024);
    expect(message_structure.sms?.length).toBeLessThanOrEqual(490);
    expect(message_structure.sms).not.toMatch(/[[\]【】]/);
    for (const { name, value } of message_attributes) {
      expect(name).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/);
      expect(value).toMatch(/^[A-Za-z0-9_]{1,32}$/);
    }
  });

  it('names 50 phones at most and says that there are more', () => {
    const { message_structure } = composeMessage(notification({ language }));
    const body = JSON.parse(message_structure.https ?? '') as {
      failed: unknown[];
      truncated: boolean;
    };
    expect(body.failed).toHaveLength(50);
    expect(body.truncated).toBe(true);
    expect(message_structure.default).toContain('19949');
  });

  it('gives text to people and JSON to programs', () => {
    const { message_structure } = composeMessage(notification({ language, failed: [] }));
    expect(Object.keys(message_structure).sort()).toEqual(
      ['default', 'email', 'functiongraph', 'http', 'https', 'sms'].sort(),
    );
    expect(JSON.parse(message_structure.functiongraph ?? '')).toMatchObject({
      version: 1,
      kind: 'settled',
      policy: 'a-policy-name-of-thirty-two-char',
      outcome: 'partial',
      counts,
      report: { bucket: 'my-phone-backups', key: 'phonevault/runs/x/report.json' },
      failed: [],
      truncated: false,
    });
  });
});

describe('composeMessage', () => {
  it('carries kind, policy and outcome as attributes, dashes as underscores', () => {
    expect(composeMessage(notification()).message_attributes).toEqual([
      { name: 'kind', value: 'settled' },
      { name: 'policy', value: 'a_policy_name_of_thirty_two_char' },
      { name: 'outcome', value: 'partial' },
    ]);
  });

  it('says in its subject why a run never began, and that a run was quarantined', () => {
    const counts0 = { ...counts, selected: 0, exported: 0, failed: 0 };
    const gone = notification({ outcome: 'failed', counts: counts0, reason: 'bucket_missing' });
    expect(composeMessage({ ...gone, message: 'there is no bucket x' })).toMatchObject({
      subject: expect.stringContaining('failed: bucket_missing') as string,
      message_structure: { email: expect.stringContaining('there is no bucket x') as string },
    });
    const quarantined = composeMessage({
      kind: 'missed',
      run_id: 'a-1',
      policy: 'a',
      reason: 'object_newer',
    });
    expect(quarantined.subject).toBe('[Phonevault] a has a run quarantined: object_newer');
  });

  it('leaves out what it does not know', () => {
    const { message_attributes, message_structure } = composeMessage({ kind: 'credentials' });
    expect(message_attributes).toEqual([{ name: 'kind', value: 'credentials' }]);
    expect(message_structure.default).not.toContain('undefined');
  });
});

const everyKind: Notification[] = [
  notification({
    run_id: 'nightly-20260102t023000z',
    policy: 'nightly',
    failed: [
      { phone_id: 'p1', outcome: 'failed', reason: 'job_failed', code: 'CPS.0103' },
      { phone_id: 'p2', outcome: 'timed_out', reason: 'deadline' },
      { phone_id: 'p3', outcome: 'failed', reason: 'r'.repeat(99), code: 'C'.repeat(99) },
      { phone_id: 'p4', outcome: 'cancelled' },
    ],
  }),
  ...(['completed', 'failed', 'skipped', 'cancelled'] as const).map((outcome) =>
    notification({ run_id: 'nightly-1', policy: 'nightly', outcome, failed: [] }),
  ),
  notification({
    ...{ run_id: 'nightly-1', policy: 'nightly', outcome: 'failed', failed: [] },
    ...{ reason: 'bucket_missing', message: 'there is no bucket x', report: undefined },
  }),
  { kind: 'missed', policy: 'nightly', reason: 'too_late: slot 20260101T183000Z' },
  { kind: 'missed', policy: 'nightly', run_id: 'nightly-1', reason: 'object_newer' },
  { kind: 'stale', policy: 'nightly', reason: '2026-01-01T00:00:00.000Z' },
  { kind: 'recovered', policy: 'nightly', run_id: 'nightly-2' },
  { kind: 'credentials' },
  ...[0, 2].map((n): Notification => ({
    kind: 'heartbeat',
    reason: '20260102',
    day: {
      since: '2026-01-01T00:00:00Z',
      until: '2026-01-02T00:00:00Z',
      runs: { completed: 3 * n, partial: n, failed: 0, skipped: 0, cancelled: n },
      open: 1 + n,
      active: 4,
      missed: n,
      stale: n === 0 ? [] : ['nightly', 'weekly'],
      invalid: n === 0 ? [] : ['typo', 'other', 'third'],
    },
  })),
];

it.each(['en', 'zh'] as const)('tells every kind of news to the word in %s', async (language) => {
  const told = everyKind.map((one) => {
    const { subject, message_structure, message_attributes } = composeMessage({ ...one, language });
    const { default: text, sms, https = '' } = message_structure;
    const attributes = message_attributes.map(({ name, value }) => `${name}=${value}`).join(' ');
    return [subject, attributes, sms, text, JSON.stringify(JSON.parse(https), null, 1), ''].join(
      '\n',
    );
  });
  await expect(told.join('\n')).toMatchFileSnapshot(`compose.golden.${language}.txt`);
});

it('keeps a message within 256 KB, whatever the error codes of the service', () => {
  const failed = Array.from({ length: 50 }, (_, index) => ({
    phone_id: String(index).padStart(32, '0'),
    outcome: 'failed' as const,
    reason: 'refused',
    code: '\u00e9'.repeat(1_024),
  }));
  const { message_structure } = composeMessage({ kind: 'settled', policy: 'nightly', failed });
  expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(256 * 1_024);
});

it('names fifty phones, and says that there are more only where there are', () => {
  const of = (count: number) => {
    const { message_structure } = composeMessage(
      notification({ failed: notification().failed?.slice(0, count) }),
    );
    return {
      text: message_structure.default,
      json: JSON.parse(message_structure.https ?? '') as unknown,
    };
  };
  expect(of(50).text).not.toContain('more');
  expect(of(50).json).toMatchObject({ truncated: false });
  expect(of(51).text).toContain('... and 1 more: see the report');
  expect(of(51).json).toMatchObject({ truncated: true });
});

it('speaks English where nothing is said', () => {
  for (const one of everyKind) {
    expect(composeMessage(one)).toEqual(composeMessage({ ...one, language: 'en' }));
  }
});

it('cuts a subject at a whole character, and no subject that fits', () => {
  const subjectOf = (policy: string) =>
    composeMessage({ kind: 'stale', policy, language: 'zh' }).subject;
  const rest = Buffer.byteLength(subjectOf(''));
  const fits = 'p'.repeat(512 - rest);
  expect(Buffer.byteLength(subjectOf(fits))).toBe(512);
  expect(subjectOf(fits).endsWith('备份')).toBe(true);
  expect(subjectOf(`${fits}p`).endsWith('成功备')).toBe(true);
  expect(subjectOf('😀'.repeat(300))).not.toContain('\ufffd');
});

describe('notificationId', () => {
  it('is 32 digits, and tells a run from a policy without one by its reason', () => {
    const id = notificationId({ kind: 'missed', policy: 'a', reason: 'x' });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(notificationId({ kind: 'missed', policy: 'a', reason: 'y' })).not.toBe(id);
    expect(notificationId({ kind: 'missed', policy: 'ax' })).not.toBe(id);
    const ofRun = { kind: 'settled', run_id: 'a-1', policy: 'a' } as const;
    expect(notificationId({ ...ofRun, reason: 'x' })).toBe(notificationId(ofRun));
    expect(notificationId({ ...ofRun, policy: 'b' })).not.toBe(notificationId(ofRun));
    expect(notificationId({ kind: 'stale' })).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is the same for the same news and another for other news', () => {
    const id = notificationId({ kind: 'settled', run_id: 'a-1', policy: 'a' });
    expect(notificationId({ kind: 'settled', run_id: 'a-1', policy: 'a' })).toBe(id);
    expect(notificationId({ kind: 'settled', run_id: 'a-2', policy: 'a' })).not.toBe(id);
    expect(notificationId({ kind: 'missed', run_id: 'a-1', policy: 'a' })).not.toBe(id);
  });
});
