import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { BUCKET, NOW, setUp } from '../../support/obs.ts';

const md5 = (text: string) => createHash('md5').update(text).digest('base64');
const object = (key: string) => `<Object><Key>${key}</Key></Object>`;
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1] ?? ''}`.trim();

const remove = (
  send: Awaited<ReturnType<typeof setUp>>['send'],
  body: string,
  headers: Record<string, string> = { 'content-md5': md5(body) },
) => send({ method: 'POST', path: '/', query: [['delete', '']], body, headers });

it('deletes 1,000 keys and confirms each', async () => {
  const { send, backend } = await setUp();
  const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}`);
  for (const key of [...keys, 'other']) {
    await backend.write(BUCKET, key, Buffer.from(''), { lastModified: NOW });
  }

  const response = await remove(send, `<Delete>${keys.map(object).join('')}</Delete>`);

  expect((await response.text()).match(/<Deleted><Key>k\d+<\/Key><\/Deleted>/g)).toHaveLength(
    1_000,
  );
  expect((await backend.list(BUCKET, '')).map(({ key }) => key)).toEqual(['other']);
});

it('confirms nothing in quiet mode', async () => {
  const { send } = await setUp();

  const response = await remove(send, `<Delete><Quiet>true</Quiet>${object('a')}</Delete>`);

  expect(await response.text()).toMatch(/<DeleteResult[^>]*><\/DeleteResult>$/);
});

it.each([
  ['1,001 keys', `<Delete>${object('k').repeat(1_001)}</Delete>`],
  ['no key', '<Delete></Delete>'],
  ['an empty key', `<Delete>${object('')}</Delete>`],
  ['an unknown element', '<Delete><Object><Key>k</Key><Part>1</Part></Object></Delete>'],
  ['another root', `<Remove>${object('k')}</Remove>`],
  ['stray text', `<Delete>text${object('k')}</Delete>`],
  ['nothing', ''],
])('refuses %s', async (_name, body) => {
  const { send } = await setUp();

  expect(await codeOf(await remove(send, body))).toBe('400 MalformedXML');
});

it.each([
  ['no MD5', {}, '400 MissingRequiredHeader'],
  ['a wrong MD5', { 'content-md5': md5('other') }, '400 BadDigest'],
] as [string, Record<string, string>, string][])('refuses %s', async (_name, headers, expected) => {
  const { send, backend } = await setUp();
  await backend.write(BUCKET, 'k', Buffer.from(''), { lastModified: NOW });

  const response = await remove(send, `<Delete>${object('k')}</Delete>`, headers);

  expect(await codeOf(response)).toBe(expected);
  expect(await backend.list(BUCKET, '')).toHaveLength(1);
});
