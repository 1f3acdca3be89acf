import { beforeAll, describe, expect, it } from 'vitest';
import { changedIo } from '../../../cli/io/changed-io.ts';
import { runCli } from '../../../cli/run-cli.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { threeNights } from '../commands/retention/three-nights.ts';
import { englishIn, tooWide } from '../support/prose.ts';

useLightS3();

describe('commands in Chinese', () => {
  let nights: Awaited<ReturnType<typeof threeNights>>;
  beforeAll(async () => {
    nights = await threeNights();
  });

  /** Returns what a command prints in a window. */
  async function print(columns: number, argv: string[], stdin = ''): Promise<string> {
    const printed: string[] = [];
    const out = (text: string) => void printed.push(text);
    const io = changedIo(nights.cli.io, {
      ...{ columns, errColumns: columns, out, err: out },
      readStdin: async () => stdin,
    });
    await runCli([...argv, '--lang', 'zh'], io);
    return printed.join('\n');
  }

  it.each([
    [['plan', 'nightly'], /nightly：选中 \d 台云手机，运行会导出/],
    [['validate'], /nightly\.yaml：有效\n +接下来的计划时间：/],
    [['prune', '--dry-run'], /^nightly：将删除 6 个归档中的 4 个（/],
    [['retention', 'explain', 'game-0001'], /最新的归档之一/],
    [['archives', 'check'], /^缺失 0 个归档，未知 0 个对象$/],
    [['pin', 'game-0001'], /^已固定：obs:/],
    [['archives', 'undelete', 'game-0001'], /^已取回并固定：obs:/],
    [['unpin', 'game-0001'], /^已取消固定：obs:/],
  ])('%s fits into windows of 40, 80 and 200 columns', async (argv, says) => {
    for (const columns of [40, 80, 200]) {
      const text = await print(columns, argv);
      expect(englishIn(text), text).toEqual([]);
      expect(tooWide(text, columns), text).toEqual([]);
      if (columns === 200) expect(text).toMatch(says);
    }
  });

  it('print the verdicts on a policy file', async () => {
    const weekly = NIGHTLY.replace('nightly', 'weekly');
    expect(await print(80, ['apply', '-'], weekly)).toMatch(/^weekly：已创建\n/);
    expect(await print(80, ['apply', '-'], weekly)).toMatch(/^weekly：没有变化\n/);
    const wrong = await print(80, ['apply', '-'], `${weekly}deadlin: 1h\n`);
    expect(wrong).toMatch(/提示： ?\S.*\n没有上传任何文件$/s);
    expect(await print(80, ['validate', '-'], `${weekly}deadlin: 1h\n`)).toMatch(
      /1 个文件中有 1 个错误$/,
    );
  });

  it('print why a run would fail in words, above the message', async () => {
    const few = NIGHTLY.replace('"*"', '"*", max_phones: 1').replace('nightly', 'few');
    await print(80, ['apply', '-'], few);
    expect(await print(80, ['plan', 'few'])).toMatch(
      /^few：运行会在开始前失败\n {2}选中的云手机超过 max_phones（too_many_phones）\n {2}\S/,
    );
  });
});
