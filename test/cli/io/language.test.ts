import { expect, it } from 'vitest';
import { languageOf } from '../../../cli/io/language.ts';
import { fakeIo } from '../support/fake-io.ts';

it.each([
  [[], {}, 'en'],
  [[], { LANG: 'zh_CN.UTF-8' }, 'zh'],
  [[], { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [[], { LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'de_DE' }, 'zh'],
  [['status', '--lang', 'en'], { LANG: 'zh_CN' }, 'en'],
  [['--lang=zh', 'status'], {}, 'zh'],
  [['status', '--lang', 'fr'], { LANG: 'zh_CN' }, 'zh'],
  [['invoke', 'drive', '--', '--lang', 'zh'], {}, 'en'],
])('reads %j with %j as %s', (argv, env, expected) => {
  expect(languageOf(argv, { env })).toBe(expected);
});

it('takes --lang before and after the command, refuses another language, and leaves data as it is', async () => {
  const cli = fakeIo();
  const file = { code: 2, out: '' };
  expect(await cli.run('--lang', 'zh', 'validate', 'none.yaml')).toMatchObject({ code: 1 });
  expect(await cli.run('status', '--lang', 'zh')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^错误：设置缺失或无效（setting_invalid）\n[^]*\n提示：/) as string,
  });
  expect(await cli.run('status', '--lang', 'fr')).toMatchObject(file);
  const [zh, en] = [
    await cli.run('status', '--lang=zh', '--json'),
    await cli.run('status', '--json'),
  ];
  expect(zh.out).toBe(en.out);
});
