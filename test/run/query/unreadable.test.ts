import { describe, expect, it } from 'vitest';
import { missingObject } from '../../../lib/ledger/store/object-error.ts';
import { objectProblemSchema } from '../../../lib/run/query/schemas.ts';
import { problemOf } from '../../../lib/run/query/unreadable.ts';

describe('problemOf', () => {
  it('has the key, what happened and what to do', () => {
    const problem = problemOf(missingObject('policies/a.yaml'));
    expect(objectProblemSchema.parse(problem)).toStrictEqual({
      key: 'policies/a.yaml',
      code: 'object_unreadable',
      message: 'policies/a.yaml is listed, but OBS does not find it',
      hint: 'If it stays so, delete it, or restore an earlier version of it.',
    });
  });

  it('leaves out a hint that there is not', () => {
    const problem = { key: 'k', code: 'object_undeletable', message: 'k cannot be deleted: 403' };
    expect(problemOf(problem)).toStrictEqual(problem);
  });
});
