import { fold } from './text.ts';

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

const CODES: Record<Colour, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };
const WIDTH_OF_PIPES = 80;
const WIDEST = 100;

export type Screen = {
  /** True on a terminal that understands more than plain lines. */
  live: boolean;
  /** Asked for each time: a window may be resized. */
  width(): number;
  paint(colour: Colour, text: string): string;
  /** Prints a text, folded to the width. */
  say(text: string, colour?: Colour): void;
  /** Prints a line as it is, for what people copy. */
  raw(line: string): void;
  stream: NodeJS.WriteStream;
};

/** The terminal or pipe behind a stream: colours only on a terminal, and not with NO_COLOR (no-color.org). */
export function createScreen(
  stream: NodeJS.WriteStream,
  env: Record<string, string | undefined>,
): Screen {
  const live = stream.isTTY === true && env.TERM !== 'dumb';
  const coloured = live && !env.NO_COLOR;
  const width = () => Math.max(20, Math.min(stream.columns || WIDTH_OF_PIPES, WIDEST));
  const paint = (colour: Colour, text: string) =>
    coloured ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  const raw = (line: string) => void stream.write(`${line}\n`);
  return {
    live,
    width,
    paint,
    raw,
    say(text, colour) {
      for (const line of fold(text, width()))
        raw(colour === undefined ? line : paint(colour, line));
    },
    stream,
  };
}
