import { expect, it } from 'vitest';
import { parseJson, readBody } from '../../../local/http/body.ts';

const post = (body: string, headers: Record<string, string> = {}) =>
  new Request('http://h/', { method: 'POST', body, headers });

it('reads a body up to its limit', async () => {
  expect(Buffer.from((await readBody(post('abc'), 3)) ?? '').toString()).toBe('abc');
  expect(await readBody(post('abcd'), 3)).toBeUndefined();
  expect(await readBody(post('a', { 'content-length': '4' }), 3)).toBeUndefined();
  expect(await readBody(new Request('http://h/'), 3)).toHaveLength(0);
});

it('parses JSON in UTF-8 only', () => {
  expect(parseJson(Buffer.from('{"a":"é"}'))).toEqual({ a: 'é' });
  for (const bytes of [Buffer.from(''), Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22])]) {
    expect(parseJson(bytes)).toBeUndefined();
  }
});
