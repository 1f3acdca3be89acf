import { describe, expect, it } from 'vitest';
import { cphCodes } from '../../lib/cloud/cph/error-codes.ts';
import { phoneStatus } from '../../lib/cloud/cph/phone-status.ts';
import { obsCodes } from '../../lib/cloud/obs/errors.ts';
import { missedReasons } from '../../lib/ledger/hints/missed-slots.ts';
import { blocks } from '../../lib/ledger/retention/state.ts';
import { deleteReasons } from '../../lib/ledger/run/deleted-archives.ts';
import {
  missingRights,
  phoneReasons,
  runReasons,
  settleSteps,
  silences,
} from '../../lib/ledger/run/reasons.ts';
import { drillSchema, phoneOutcomes, runOutcomes } from '../../lib/ledger/run/report.ts';
import { triggers } from '../../lib/ledger/run/request.ts';
import { type Entry, languages } from '../../lib/meanings/entry.ts';
import {
  type Family,
  meaningOf,
  meanings,
  phoneMeaning,
  runMeaning,
  serviceMeaning,
} from '../../lib/meanings/meanings.ts';
import { keepReasons } from '../../lib/policy/retention/archive.ts';
import { phoneStates } from '../../lib/run/query/schemas/policy.ts';
import { sources } from '../docs/pages.ts';

/** Every word of a family, from where the code declares it. */
const words: [Family, readonly string[]][] = [
  ['runOutcome', runOutcomes],
  ['phoneOutcome', phoneOutcomes],
  ['trigger', triggers],
  ['drill', drillSchema.shape.verdict.options],
  ['backup', phoneStates],
  ['phoneReason', phoneReasons],
  ['phoneState', Array.from({ length: 20 }, (_, n) => phoneStatus(n - 10))],
  ['runReason', runReasons],
  ['missed', missedReasons],
  ['silence', silences],
  ['undone', [...settleSteps, ...missingRights]],
  ['cph', cphCodes],
  ['obs', obsCodes],
  ['keep', keepReasons],
  ['remove', deleteReasons],
  ['prune', blocks],
];

/** Half-width punctuation, or no space between a Chinese and another character. */
const MIXED = /,(?!\d)|[;?!]|\p{Script=Han}[A-Za-z`\d]|[A-Za-z`\d]\p{Script=Han}/u;

const entries = Object.entries(meanings).flatMap(([family, own]) =>
  Object.entries(own as Record<string, Entry>).map(([code, entry]) => ({ family, code, entry })),
);

describe('meanings', () => {
  it.each(words)('has an entry for every word of %s', (family, codes) => {
    expect(codes.length).toBeGreaterThan(0);
    const missing = codes.filter((code) => meaningOf(family, code, 'en') === undefined);
    expect(missing).toEqual([]);
  });

  it('has an entry for every code of a service that the sources name', () => {
    const code = sources('lib', 'cli');
    const named = new Set(
      [...code.matchAll(/'((?:CPS|APIGW|IAM|SMN)\.\d{4,5})'/g)].map(([, one = '']) => one),
    );
    expect(named.size).toBeGreaterThan(50);
    expect([...named].filter((one) => serviceMeaning(one, 'en') === undefined)).toEqual([]);
  });

  it('has an entry for every reason of a phone that the sources write', () => {
    const code = sources('lib/run/plan', 'lib/run/export', 'lib/run/restore', 'lib/run/state');
    const written = [...code.matchAll(/\breason: '([a-z_]+)'/g)].map(([, one = '']) => one);
    expect(written.length).toBeGreaterThan(10);
    const isKnown = (one: string): boolean =>
      phoneMeaning({ outcome: '', reason: one }, 'en') !== undefined;
    expect(written.filter((one) => !isKnown(one))).toEqual([]);
  });

  it.each(entries)('says $family $code in short phrases of both languages', ({ entry }) => {
    const [en, zh] = entry.says;
    expect(en).toMatch(/^[\p{L}\d].*[^.]$/u);
    expect(en.length).toBeLessThanOrEqual(90);
    expect(zh).not.toMatch(/[。.]$/);
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(zh).not.toMatch(MIXED);
    expect(zh.length).toBeLessThanOrEqual(40);
    for (const [english, chinese] of [entry.more, entry.fix].filter((one) => one !== undefined)) {
      expect(english).toMatch(/^[A-Z`].*\.$/);
      expect(chinese).toMatch(/\p{Script=Han}.*。$/u);
      expect(chinese).not.toMatch(MIXED);
    }
  });
});

describe('meaningOf', () => {
  it('is undefined for an unknown word, also for one that every object has', () => {
    expect(meaningOf('phoneReason', 'constructor', 'en')).toBeUndefined();
    expect(serviceMeaning('CPS.9999', 'zh')).toBeUndefined();
    expect(phoneMeaning({ outcome: 'odd', reason: 'toString' }, 'en')).toBeUndefined();
  });

  it('knows states by a number that no document has', () => {
    expect(meaningOf('phoneState', 'unknown_-99', 'en')?.says).toBe('in an unknown state');
  });
});

describe('serviceMeaning', () => {
  it('names the status of a response without a code', () => {
    expect(serviceMeaning('HTTP.503', 'en')?.says).toBe('the service answered HTTP 503');
    expect(serviceMeaning('HTTP.503', 'zh')?.says).toBe('服务返回 HTTP 503');
  });
});

describe('phoneMeaning', () => {
  it.each([
    [
      'the code, where the reason only names the call',
      'job_failed',
      'CPS.0107',
      'CPH could not write to OBS',
    ],
    ['the reason, when the code is unknown', 'job_failed', 'CPS.9999', 'the export job failed'],
    [
      'both, where they are two causes',
      'deadline',
      'CPS.0042',
      'the run reached its deadline: CPH is busy',
    ],
    [
      'a reason in place of a code',
      'safety_export_failed',
      'stopped',
      'the export before the restore failed: stopped',
    ],
    ['the state of the phone', 'frozen', undefined, 'frozen'],
    ['the outcome alone', undefined, undefined, 'timed out'],
    ['nothing of an unknown reason', 'odd', undefined, undefined],
  ])('says %s', (_, reason, code, expected) => {
    expect(phoneMeaning({ outcome: 'timed_out', reason, code }, 'en')?.says).toBe(expected);
  });
});

describe('runMeaning', () => {
  it('knows the reasons of runs and the codes of errors', () => {
    expect(languages.map((one) => runMeaning('too_many_phones', one)?.says)).toEqual([
      'the policy selects more than max_phones',
      '选中的云手机超过 max_phones',
    ]);
    expect(runMeaning('bucket_missing', 'en')?.says).toBe('the bucket does not exist');
  });
});
