import { describe, expect, it } from 'vitest';
import { fakeIo } from './support/fake-io.ts';

describe('text from elsewhere', () => {
  it('cannot control the terminal', async () => {
    const { out, err } = await fakeIo({
      readStdin: async () =>
        'name: "\u001b]0;owned\u0007"\n# \u202efdp\u001b[2J\nselect: \u001b[2J',
    }).run('validate', '-');

    expect(out + err).not.toMatch(/[\u0007\u001b\u202e]/);
    expect(out).toContain('\\u{1b}');
  });
});
