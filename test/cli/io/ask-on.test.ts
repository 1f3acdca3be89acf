import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { askOn } from '../../../cli/io/ask-on.ts';

it.each([false, true])('returns the line that was typed; hidden: %s', async (isHidden) => {
  const input = new PassThrough();
  const output = new PassThrough();
  const asked = askOn({ input, output }, 'Key: ', { isHidden });
  input.write('abc\n');
  expect(await asked).toBe('abc');
  const shown = String(output.read());
  expect(shown).toContain('Key: ');
  expect(shown.includes('abc')).toBe(!isHidden);
});
