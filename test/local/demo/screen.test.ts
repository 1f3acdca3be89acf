import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../local/demo/screen.ts';

function screen(stream: { isTTY?: boolean; columns?: number }, env: Record<string, string> = {}) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const made = createScreen({ ...stream, write } as unknown as NodeJS.WriteStream, env);
  return { made, written };
}

describe('the screen', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['a pipe', {}, {}, false],
  ])('colours on %s: as is right', (_, stream, env, coloured) => {
    const text = screen(stream, env).made.paint('green', 'fine');
    expect(text).toBe(coloured ? '\u001b[32mfine\u001b[0m' : 'fine');
  });

  it('folds what it says and leaves alone what is to be copied', () => {
    const { made, written } = screen({ isTTY: true, columns: 40 }, { NO_COLOR: '1' });
    made.say('a sentence that is a little longer than forty columns are');
    made.raw(`tar -tf ${'x'.repeat(50)}`);
    expect(written).toEqual([
      'a sentence that is a little longer than\n',
      '  forty columns are\n',
      `tar -tf ${'x'.repeat(50)}\n`,
    ]);
  });

  it.each([
    [undefined, 80],
    [0, 80],
    [40, 40],
    [5, 20],
    [300, 100],
  ])('is, of %s columns, %d wide', (columns, width) => {
    expect(screen(columns === undefined ? {} : { columns }).made.width()).toBe(width);
  });
});
