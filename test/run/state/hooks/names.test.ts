import { expect, it } from 'vitest';
import { hookContent, namesOf } from '../../../../lib/run/state/hooks/names.ts';

const HOOKS = {
  ...{ before: ['am force-stop com.a', 'sync'], after: ['am start -n com.a/.Main'] },
  ...{ timeout: 60_000, on_error: 'fail' as const },
};

it('names the commands of hooks by their place, and finds them by their names', () => {
  expect(namesOf('before', HOOKS)).toEqual(['before 1', 'before 2']);
  expect(namesOf('before', HOOKS).map((name) => hookContent(name, HOOKS))).toEqual(HOOKS.before);
  expect(hookContent('after 1', HOOKS)).toBe(HOOKS.after[0]);
  expect(['after 2', 'mark', 'before 0'].map((name) => hookContent(name, HOOKS))).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect(hookContent('before 1', undefined)).toBeUndefined();
});
