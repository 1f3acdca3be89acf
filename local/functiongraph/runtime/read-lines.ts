const MAX_LINE = 256 * 1024;
const MAX_BUFFERED = 64 * MAX_LINE;

/** Calls `onLine` with each line of a stream, also with an unfinished last one. A line that never ends loses its start. */
export function readLines(
  stream: NodeJS.ReadableStream | null,
  onLine: (line: string) => void,
): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_BUFFERED) rest = rest.slice(-MAX_LINE);
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => void (rest !== '' && onLine(rest)));
}
