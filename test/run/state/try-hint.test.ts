import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { tryHint } from '../../../lib/run/state/try-hint.ts';
import { runScene } from '../../support/run-scene.ts';

describe('tryHint', () => {
  it.each([true, false])('returns what the work returns: %s', async (done) => {
    const { deps, lines } = runScene();
    expect(await tryHint(deps, 'trace-1', async () => done)).toBe(done);
    expect(lines).toEqual([]);
  });

  it.each([
    ['object_invalid', true],
    ['object_newer', false],
  ] as const)('logs a hint that is %s, and says whether to remove it: %s', async (code, done) => {
    const { deps, lines } = runScene();
    const work = () => Promise.reject(new PhonevaultError(code, 'x'.repeat(300)));
    expect(await tryHint(deps, 'trace-1', work)).toBe(done);
    const fields = { hint: 'trace-1', code, message: 'x'.repeat(200) };
    expect(lines).toEqual([['error', 'hint_unreadable', fields]]);
  });

  it('throws any other error', async () => {
    const { deps, lines } = runScene();
    const work = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    await expect(tryHint(deps, 'trace-1', work)).rejects.toThrow('no answer');
    expect(lines).toEqual([]);
  });
});
