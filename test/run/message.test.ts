import { describe, expect, it } from 'vitest';
import { composeMessage, notificationId } from '../../lib/run/message.ts';
import type { Notification } from '../../lib/run/notification.ts';

const counts = {
  selected: 20_000,
  exported: 1,
  failed: 19_999,
  skipped: 0,
  timed_out: 0,
  cancelled: 0,
};

function news(changes: Partial<Notification> = {}): Notification {
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
    const { subject, message_structure, message_attributes } = composeMessage(news({ language }));
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
    const { message_structure } = composeMessage(news({ language }));
    const body = JSON.parse(message_structure.https ?? '') as {
      failed: unknown[];
      truncated: boolean;
    };
    expect(body.failed).toHaveLength(50);
    expect(body.truncated).toBe(true);
    expect(message_structure.default).toContain('19949');
  });

  it('gives text to people and JSON to programs', () => {
    const { message_structure } = composeMessage(news({ language, failed: [] }));
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
    expect(composeMessage(news()).message_attributes).toEqual([
      { name: 'kind', value: 'settled' },
      { name: 'policy', value: 'a_policy_name_of_thirty_two_char' },
      { name: 'outcome', value: 'partial' },
    ]);
  });

  it('says in its subject why a run never began, and that a run was set aside', () => {
    const counts0 = { ...counts, selected: 0, exported: 0, failed: 0 };
    const gone = news({ outcome: 'failed', counts: counts0, reason: 'bucket_missing' });
    expect(composeMessage({ ...gone, message: 'there is no bucket x' })).toMatchObject({
      subject: expect.stringContaining('failed: bucket_missing') as string,
      message_structure: { email: expect.stringContaining('there is no bucket x') as string },
    });
    const aside = composeMessage({
      kind: 'missed',
      run_id: 'a-1',
      policy: 'a',
      reason: 'object_newer',
    });
    expect(aside.subject).toBe('[Phonevault] a has a run set aside: object_newer');
  });

  it('leaves out what it does not know', () => {
    const { message_attributes, message_structure } = composeMessage({ kind: 'credentials' });
    expect(message_attributes).toEqual([{ name: 'kind', value: 'credentials' }]);
    expect(message_structure.default).not.toContain('undefined');
  });
});

describe('notificationId', () => {
  it('is the same for the same news and another for other news', () => {
    const id = notificationId({ kind: 'settled', run_id: 'a-1', policy: 'a' });
    expect(notificationId({ kind: 'settled', run_id: 'a-1', policy: 'a' })).toBe(id);
    expect(notificationId({ kind: 'settled', run_id: 'a-2', policy: 'a' })).not.toBe(id);
    expect(notificationId({ kind: 'missed', run_id: 'a-1', policy: 'a' })).not.toBe(id);
  });
});
