import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { readLines } from '../../../../local/functiongraph/runtime/read-lines.ts';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  readLines(stream, (line) => void lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return lines;
}

it('splits a stream into lines, also an unfinished last one', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  expect(await linesOf('a\nb', 'c\n', first, second)).toEqual(['a', 'bc', 'é']);
});

it('drops the start of a line that never ends', async () => {
  const chunk = 'x'.repeat(1024 * 1024);
  const [line] = await linesOf(...Array<string>(17).fill(chunk), 'end');
  expect(line?.endsWith('end')).toBe(true);
  expect(line?.length).toBeLessThan(2 * 1024 * 1024);
});
