import { describe, expect, it } from 'vitest';
import { colours } from '../../../cli/text/colour.ts';

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ])('%j on a terminal %s: %s', (env, terminal, expected) => {
    const io = { env, outIsTerminal: terminal, errIsTerminal: !terminal };

    expect(colours(io).isColorSupported).toBe(expected);
  });

  it('decides for each output by itself', () => {
    const io = { env: {}, outIsTerminal: false, errIsTerminal: true };

    expect(colours(io, 'err').isColorSupported).toBe(true);
    expect(colours(io, 'out').isColorSupported).toBe(false);
  });
});
