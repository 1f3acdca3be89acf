import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { findSigner } from '../../lib/http/webhooks.ts';
import { WEBHOOK_KEYS, webhookSecret } from '../../testing/keys.ts';

const NOW = Date.UTC(2026, 0, 2, 2, 30);
const [oldKey = '', newKey = '', foreignKey = ''] = WEBHOOK_KEYS;
const secrets = [webhookSecret(`old:*:${oldKey}`), webhookSecret(`new:*:${newKey}`)];
const body = '{"policy":"nächtlich"}';

/** As the reference implementation signs. */
const sign = (key: string, at = NOW, id = 'msg_1', payload = body) =>
  new Webhook(key).sign(id, new Date(at), payload);

const find = (
  signature: string,
  changes: { id?: string; at?: number | string; payload?: string } = {},
) => {
  const { id = 'msg_1', at = NOW, payload = body } = changes;
  const timestamp = typeof at === 'string' ? at : String(Math.floor(at / 1000));
  const found = findSigner(secrets, { id, timestamp, signature }, Buffer.from(payload), NOW);
  return typeof found === 'object' ? found.name : found;
};

describe('findSigner', () => {
  it('finds either of two secrets', () => {
    expect(find(sign(oldKey))).toBe('old');
    expect(find(sign(newKey))).toBe('new');
    expect(find(`${sign(foreignKey)} v2,abc v1a,xyz ${sign(newKey)}`)).toBe('new');
  });

  it.each([
    ['with spaces, as the specification says', ' '],
    ['as a header that was sent twice is joined', ', '],
    ['as some gateways join it', ','],
    ['with a tab', '\t'],
  ])('accepts several signatures %s', (_how, joint) => {
    expect(find([sign(foreignKey), sign(newKey)].join(joint))).toBe('new');
    expect(find([sign(newKey), sign(foreignKey)].join(joint))).toBe('new');
    expect(find(['v1a,abc', sign(oldKey), 'v2,xyz'].join(joint))).toBe('old');
  });

  it('does not accept a signature inside a longer text', () => {
    expect(find(`x${sign(oldKey)}`)).toBeUndefined();
    expect(find(`v2,${sign(oldKey).slice(3)}`)).toBeUndefined();
    expect(find(`${sign(oldKey)}x`)).toBeUndefined();
  });

  it.each([
    ['another secret', sign(foreignKey), {}],
    ['another body', sign(oldKey), { payload: body.replace('{', '{ ') }],
    ['another id', sign(oldKey), { id: 'msg_2' }],
    ['another time', sign(oldKey), { at: NOW + 1000 }],
    ['another version', sign(oldKey).replace('v1,', 'v2,'), {}],
    ['half a signature', sign(oldKey).slice(0, 30), {}],
    ['no signature', '', {}],
    ['a time that is none', sign(oldKey), { at: 'now' }],
    ['a time with a sign', sign(oldKey), { at: `+${NOW / 1000}` }],
  ])('refuses %s', (_what, signature, changes) => {
    expect(find(signature, changes)).toBeUndefined();
  });

  it.each([
    [5 * 60_000, 'old'],
    [-5 * 60_000, 'old'],
    [5 * 60_000 + 1000, 'stale'],
    [-5 * 60_000 - 1000, 'stale'],
  ])('checks a timestamp that is %d ms off', (away, expected) => {
    expect(find(sign(oldKey, NOW + away), { at: NOW + away })).toBe(expected);
  });
});
