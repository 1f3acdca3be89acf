import { describe, expect, it } from 'vitest';
import { words } from '../../../lib/run/notify/text.ts';

describe.each(['en', 'zh'] as const)('words in %s', (language) => {
  it('tell since when a stale policy has no completed run, and of another one that it has', () => {
    const { stale, recovered } = words[language];
    expect(stale('2026-01-02T02:30:00.000Z')).toContain(' 2026-01-02T02:30:00.000Z');
    expect(stale('x')).not.toBe(recovered);
  });
});
