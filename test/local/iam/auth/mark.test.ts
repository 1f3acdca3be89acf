import { expect, it } from 'vitest';
import { marked } from '../../../../local/iam/auth/mark.ts';

it('writes the mark every 24 characters and keeps the length', () => {
  expect(marked('x'.repeat(40), 'leak')).toBe(
    `${'x'.repeat(8)}leak${'x'.repeat(20)}leak${'x'.repeat(4)}`,
  );
  expect(marked('short', 'leak')).toBe('short');
  expect(marked('text', undefined)).toBe('text');
});
