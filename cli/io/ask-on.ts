import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

type Terminal = { input: NodeJS.ReadableStream; output: NodeJS.WritableStream };

/** Asks a question on a terminal and returns the line that was typed. What is typed to a hidden question is not shown. */
export async function askOn(
  { input, output }: Terminal,
  question: string,
  { isHidden = false }: { isHidden?: boolean } = {},
): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (isHidden) output.write(question);
  const lines = createInterface({ input, output: isHidden ? nowhere : output, terminal: true });
  try {
    return await lines.question(isHidden ? '' : question);
  } finally {
    lines.close();
    if (isHidden) output.write('\n');
  }
}
