import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { allowedAt, policyWith } from '../../../scripts/docs/allowed.ts';
import { policyFields } from '../../../scripts/docs/policy-fields.ts';

describe('allowedAt', () => {
  it.each(policyFields().map(({ path }) => path))('says what %s allows', (path) => {
    expect(allowedAt(path)).not.toBe('');
  });

  it('says what a list allows, and its entries', () => {
    expect(allowedAt('export.include')).toMatch(/^a list of .*; /);
  });
});

describe('policyWith', () => {
  it.each([{}, { 'export.object_path': '{policy}/{date}' }, { 'retention.day_backups': 7 }])(
    'returns a valid policy with %j',
    (values) => {
      const text = JSON.stringify(policyWith(values));
      expect(parsePolicy(text, { fileName: 'nightly.yaml' })).toMatchObject({ ok: true });
    },
  );

  it('changes no policy made before', () => {
    policyWith({ 'select.name': 'changed' });
    expect(policyWith({})).toMatchObject({ select: { name: '*' } });
  });
});
