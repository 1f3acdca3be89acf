import { describe, expect, it } from 'vitest';
import type { Caller } from '../../lib/http/authenticate.ts';
import { keyOf, tokenOf } from '../../lib/http/idempotency-key.ts';

const token = { kind: 'token', name: 'ci' } as Caller;
const webhook = { kind: 'webhook', name: 'ci', messageId: 'msg_1' } as Caller;
const refused = (code: string) =>
  expect.objectContaining({
    body: expect.objectContaining({ status: 400, code }) as object,
  }) as Error;
const header = (value: string) => new Headers({ 'Idempotency-Key': value });

describe('tokenOf', () => {
  it('is another one for each key, name and kind of caller', () => {
    const tokens = [
      tokenOf(token, 'k'),
      tokenOf(token, 'k2'),
      tokenOf({ ...token, name: 'ci2' }, 'k'),
      tokenOf({ ...token, name: 'c' }, 'ik'),
      tokenOf(webhook, 'k'),
    ];
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokenOf(token, 'k')).toBe(tokens[0]);
  });
});

describe('keyOf', () => {
  it('is the header of a caller with a token, and the message of a webhook', () => {
    expect(keyOf(token, header('k'))).toBe('k');
    expect(keyOf(webhook, header('k'))).toBe('msg_1');
    expect(keyOf(webhook, new Headers())).toBe('msg_1');
  });

  it.each(['!', '~', 'a'.repeat(255)])('may be "%.9s"', (key) => {
    expect(keyOf(token, header(key))).toBe(key);
  });

  it.each([
    ['missing', new Headers(), 'key_missing'],
    ['empty', header(''), 'key_missing'],
    ['longer than 255 characters', header('a'.repeat(256)), 'key_invalid'],
    ['of two words', header('a b'), 'key_invalid'],
    ['not ASCII', header('é'), 'key_invalid'],
  ])('is refused with 400 when it is %s', (_, headers, code) => {
    expect(() => keyOf(token, headers)).toThrow(refused(code));
  });

  it('is refused when a webhook has an invalid message id', () => {
    expect(() => keyOf({ ...webhook, messageId: 'a b' } as Caller, header('k'))).toThrow(
      refused('key_invalid'),
    );
  });
});
