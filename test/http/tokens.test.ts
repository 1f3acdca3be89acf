import { describe, expect, it } from 'vitest';
import { findToken } from '../../lib/http/tokens.ts';
import { hashOf, TOKEN, tokenEntry } from '../../testing/keys.ts';

const base64url = Buffer.from(hashOf(TOKEN), 'hex').toString('base64url');

describe('findToken', () => {
  const other = tokenEntry(`other:read:never:sha256-${hashOf('x'.repeat(40))}`);

  it.each([
    ['hex', `ci:run:never:sha256-${hashOf(TOKEN)}`],
    ['capital hex', `ci:run:never:sha256-${hashOf(TOKEN).toUpperCase()}`],
    ['base64url', `ci:run:never:sha256-${base64url}`],
  ])('finds the entry of a token by its hash in %s', (_what, text) => {
    const entry = tokenEntry(text);
    expect(findToken([other, entry], TOKEN)).toBe(entry);
    expect(findToken([entry, other], TOKEN)).toBe(entry);
  });

  it.each([
    ['another token', `${TOKEN}x`],
    ['no token', ''],
    ['the hash itself', hashOf(TOKEN)],
  ])('finds no entry for %s', (_what, token) => {
    const entry = tokenEntry(`ci:run:never:sha256-${hashOf(TOKEN)}`);
    expect(findToken([other, entry], token)).toBeUndefined();
  });

  it('refuses a token of fewer than 22 characters', () => {
    const weak = tokenEntry(`ci:run:never:sha256-${hashOf('secret')}`);
    expect(findToken([weak], 'secret')).toBeUndefined();
  });
});
