import { expect, test } from 'vitest';
import { positionsIn } from '../../../lib/policy/parse/position.ts';
import { errorsOf, NIGHTLY } from '../support/errors.ts';

test.each([
  [0, { line: 1, column: 1 }],
  [1, { line: 1, column: 2 }],
  [2, { line: 2, column: 1 }],
  [3, { line: 3, column: 1 }],
  [4, { line: 3, column: 2 }],
])('converts offset %i to line and column', (offset, position) => {
  expect(positionsIn('a\n\nbc')(offset)).toEqual(position);
});

test('reports line and column as an editor counts them', () => {
  const text = `\uFEFF${NIGHTLY.replaceAll('\n', '\r\n').replace('/data/media/0', '/sdcard')}`;
  expect(errorsOf(text)).toMatchObject([{ path: 'export.include[1]', line: 10, column: 25 }]);
});
