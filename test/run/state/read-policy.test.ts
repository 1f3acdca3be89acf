import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { ValidationError } from '../../../lib/policy/parse/parse.ts';
import { parsePolicyText, PolicyInvalid, readPolicy } from '../../../lib/run/state/read-policy.ts';
import { inboxScene } from '../../support/inbox-scene.ts';
import { policyText } from '../../support/policy-text.ts';

const invalid = (message: string, changes: Partial<ValidationError> = {}): ValidationError => ({
  ...{ path: 'x', found: 'nothing', allowed: 'something', message },
  ...changes,
});

describe('readPolicy', () => {
  it('returns text, ETag and the parsed policy', async () => {
    const { deps, store } = inboxScene();
    const text = policyText('nightly');
    await store.put(layout.policy('nightly'), text);
    expect(await readPolicy(deps, 'nightly')).toEqual({
      text,
      etag: (await store.get(layout.policy('nightly')))?.etag,
      parsed: parsePolicyText(deps, 'nightly', text),
    });
  });

  it('returns undefined when the file does not exist', async () => {
    expect(await readPolicy(inboxScene().deps, 'nightly')).toBeUndefined();
  });
});

describe('parsePolicyText', () => {
  const ledger = { bucket: 'ledger', prefix: 'vault/' };

  it.each([
    ['a valid policy', policyText('nightly'), true],
    ['another name than that of the file', policyText('weekly'), false],
    [
      'archives inside the ledger',
      policyText('nightly', {
        export: '{ include: [/data/data], bucket: ledger, object_path: vault/x }',
      }),
      false,
    ],
  ])('checks %s', (_, text, ok) => {
    expect(parsePolicyText({ ledger }, 'nightly', text).ok).toBe(ok);
  });
});

describe('PolicyInvalid', () => {
  it('has a line for each error, with its place and hint where there is one', () => {
    const errors = [
      invalid('name: is missing'),
      invalid('deadlin: unknown field', { line: 3, column: 7, hint: 'Did you mean deadline?' }),
      invalid('schedule: is wrong', { line: 4 }),
    ];
    const error = new PolicyInvalid('nightly', errors);
    expect(error.message.split('\n')).toEqual([
      'policy nightly is invalid',
      'name: is missing',
      'line 3, column 7: deadlin: unknown field. Did you mean deadline?',
      'line 4, column 1: schedule: is wrong',
    ]);
    expect(error.errors).toBe(errors);
    expect(error).toMatchObject({ code: 'policy_invalid', retryable: false });
    expect(error.hint).toContain('`phonevault validate`');
  });
});
