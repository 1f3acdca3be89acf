import { expect, test } from 'vitest';
import { errorsOf, nightlyWith } from '../support/errors.ts';

test.each([
  ['name: nightly', 'name: 123', 'Put the value in quotes.'],
  ['[prod]', '[true]', 'Put the value in quotes.'],
  ['phones: [0123456789abcdef0123456789abcdef]', 'phones: [1e10]', 'Put the value in quotes.'],
  [
    'phones: [0123456789abcdef0123456789abcdef]',
    'phones: [01234567890123456789012345678901]',
    'Put the value in quotes.',
  ],
  ['timezone: Asia/Shanghai', 'timezone: 8', 'Did you mean Asia/Shanghai?'],
  ['timezone: Asia/Shanghai', 'timezone: 120', undefined],
  ['bucket: my-phone-backups', 'bucket: 12', undefined],
  ['/data/media/0]', '5]', 'CPH exports only /data and /cache.'],
  ['deadline: 2h', 'deadline: true', undefined],
])('%s -> %s has the hint %s: quotes only where they help', (piece, by, hint) => {
  expect(errorsOf(nightlyWith(piece, by))[0]?.hint).toBe(hint);
});
