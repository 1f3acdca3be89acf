import { describe, expect, it } from 'vitest';
import { composeMessage, notificationId } from '../../../../lib/run/notify/message/compose.ts';
import { everyKind, settledRun, stalePolicy } from './samples.ts';

const POLICY = 'a-policy-name-of-thirty-two-char';
const large = settledRun({ policy: POLICY, run_id: `${POLICY}-20260102t023000z` });

describe.each(['en', 'zh'] as const)('composeMessage in %s', (language) => {
  const locale = { language, timezone: 'Asia/Shanghai' };

  it('stays within the limits of SMN, whatever the fleet', () => {
    const { subject, message_structure, message_attributes } = composeMessage(large, locale);
    expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(512);
    expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(64 * 1024);
    expect(message_structure.sms?.length).toBeLessThanOrEqual(160);
    expect(Buffer.byteLength(message_structure.default ?? '')).toBeLessThanOrEqual(2_048);
    expect(message_structure.sms).not.toMatch(/[[\]【】]/);
    for (const { name, value } of message_attributes) {
      expect(name).toMatch(/^[a-z0-9]+(?:_[a-z0-9]+)*$/);
      expect(value).toMatch(/^[A-Za-z0-9_]{1,32}$/);
    }
  });

  it('lists at most 50 phones, and says how many more there are', () => {
    const { message_structure } = composeMessage(large, locale);
    const body = JSON.parse(message_structure.https ?? '') as {
      failed: unknown[];
      truncated: boolean;
    };
    expect(body.failed).toHaveLength(50);
    expect(body.truncated).toBe(true);
    expect(message_structure.default).toMatch(/19,999 (?:failed \(|台失败（)game-00001 … 19999/);
  });

  it('sends text to people and JSON to programs', () => {
    const { message_structure } = composeMessage({ ...large, failed: [] }, locale);
    expect(Object.keys(message_structure).sort()).toEqual(
      ['default', 'email', 'functiongraph', 'http', 'https', 'sms'].sort(),
    );
    expect(JSON.parse(message_structure.functiongraph ?? '')).toMatchObject({
      version: 1,
      kind: 'settled',
      policy: POLICY,
      outcome: 'partial',
      counts: large.counts,
      report: { bucket: 'my-phone-backups', key: 'phonevault/runs/x/report.json' },
      failed: [],
      truncated: false,
    });
  });

  it('writes every kind of notification as in the golden file', async () => {
    const texts = everyKind.map((one) => {
      const { subject, message_structure, message_attributes } = composeMessage(one, locale);
      const { default: text, email, sms, https = '' } = message_structure;
      const attributes = message_attributes.map(({ name, value }) => `${name}=${value}`).join(' ');
      const json = JSON.stringify(JSON.parse(https), null, 1);
      return [subject, attributes, sms, text, '', email, '', json, ''].join('\n');
    });
    await expect(texts.join('\n')).toMatchFileSnapshot(`compose.golden.${language}.txt`);
  });
});

describe('composeMessage', () => {
  it('sets kind, policy and outcome as attributes, with dashes as underscores', () => {
    expect(composeMessage(large).message_attributes).toEqual([
      { name: 'kind', value: 'settled' },
      { name: 'policy', value: 'a_policy_name_of_thirty_two_char' },
      { name: 'outcome', value: 'partial' },
    ]);
  });

  it('sets no attribute that does not apply', () => {
    const refused = { kind: 'credentials', code: 'credentials_refused', since: 0 } as const;
    const { message_attributes, message_structure } = composeMessage(refused);
    expect(message_attributes).toEqual([{ name: 'kind', value: 'credentials' }]);
    expect(message_structure.default).not.toContain('undefined');
  });

  it('gives programs 50 phones with name and code, and says whether there are more', () => {
    const of = (count: number) => {
      const { message_structure } = composeMessage(
        settledRun({ failed: large.failed.slice(0, count) }),
      );
      return {
        json: JSON.parse(message_structure.https ?? '') as { failed: object[] },
      };
    };
    expect(of(50).json).toMatchObject({ truncated: false });
    expect(of(51).json).toMatchObject({ truncated: true });
    expect(of(51).json.failed).toHaveLength(50);
    expect(of(1).json.failed).toEqual([
      {
        ...{ phone_id: '0'.repeat(32), phone_name: 'game-00001', outcome: 'failed' },
        ...{ reason: 'job_failed', code: 'CPS.0103' },
      },
    ]);
  });

  it('stays within 256 KB when a service returns very long error codes', () => {
    const failed = large.failed
      .slice(0, 50)
      .map((phone) => ({ ...phone, code: '\u00e9'.repeat(1_024) }));
    const { message_structure } = composeMessage(settledRun({ failed }));
    expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(256 * 1_024);
  });

  it('uses English and UTC by default', () => {
    for (const one of everyKind) {
      const locale = { language: 'en', timezone: 'UTC' } as const;
      expect(composeMessage(one)).toEqual(composeMessage(one, locale));
    }
  });

  it('cuts a subject at a whole character, and only a subject that is too long', () => {
    const locale = { language: 'zh', timezone: 'UTC' } as const;
    const subjectOf = (policy: string) => composeMessage(stalePolicy({ policy }), locale).subject;
    const rest = Buffer.byteLength(subjectOf(''));
    const fits = 'p'.repeat(512 - rest);
    expect(Buffer.byteLength(subjectOf(fits))).toBe(512);
    expect(subjectOf(fits).endsWith('没有备份')).toBe(true);
    expect(subjectOf(`${fits}p`).endsWith('没有备')).toBe(true);
    expect(subjectOf('😀'.repeat(300))).not.toContain('\ufffd');
  });
});

describe('composeMessage of a stale policy', () => {
  it('lists at most 50 phones with names, and says that there are more', () => {
    const late = Array.from({ length: 50 }, (_, n) => ({
      ...{ phone_id: `p${n}`, phone_name: 'n'.repeat(64), outcome: 'failed' as const },
      ...{ reason: 'job_failed', code: 'CPS.0103', verified_at: 0 },
    }));
    const phones = { counted: 90, fresh: 30, late: 60, never: 0, not_exportable: 0, unknown: 0 };
    const { message_structure } = composeMessage(stalePolicy({ late, phones }));
    expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(96 * 1024);
    const body = JSON.parse(message_structure.https ?? '') as { failed: object[] };
    expect(body).toMatchObject({ truncated: true });
    expect(body.failed).toHaveLength(50);
    expect(body.failed[0]).toEqual({
      ...{ phone_id: 'p0', phone_name: 'n'.repeat(64), outcome: 'failed' },
      ...{ reason: 'job_failed', code: 'CPS.0103', last_backup: '1970-01-01T00:00:00.000Z' },
    });
    expect(message_structure.email).toContain('\n… and 10 more');
  });
});

describe('notificationId', () => {
  it('depends on when a policy was found stale, and which staleness has ended', () => {
    const stale = { kind: 'stale', run_id: null, policy: 'a', reason: 'late_phones', since: 's' };
    const id = notificationId({ ...stale, checked_at: 'x' });
    expect(notificationId({ ...stale, since: 't', checked_at: 'x' })).toBe(id);
    expect(notificationId({ ...stale, checked_at: 'y' })).not.toBe(id);
    const recovered = { kind: 'recovered', run_id: 'a-1', policy: 'a' };
    expect(notificationId({ ...recovered, since: 's' })).not.toBe(
      notificationId({ ...recovered, since: 't' }),
    );
  });

  it('has 32 digits, and depends on the reason only without a run', () => {
    const facts = { kind: 'missed', run_id: null, policy: 'a', reason: 'x' };
    const id = notificationId(facts);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(notificationId({ ...facts, reason: 'y' })).not.toBe(id);
    expect(notificationId({ kind: 'missed', run_id: null, policy: 'ax' })).not.toBe(id);
    const ofRun = { kind: 'settled', run_id: 'a-1', policy: 'a' };
    expect(notificationId({ ...ofRun, reason: 'x' })).toBe(notificationId(ofRun));
    expect(notificationId({ ...ofRun, policy: 'b' })).not.toBe(notificationId(ofRun));
  });

  it('is the same for the same notification, and another for another run or kind', () => {
    const facts = { kind: 'settled', run_id: 'a-1', policy: 'a' };
    const id = notificationId(facts);
    expect(notificationId({ ...facts })).toBe(id);
    expect(notificationId({ ...facts, run_id: 'a-2' })).not.toBe(id);
    expect(notificationId({ ...facts, kind: 'missed' })).not.toBe(id);
  });
});
