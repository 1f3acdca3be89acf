import { readFile, writeFile } from 'node:fs/promises';

// Draws the output of a terminal: `picture.ts <recording> <command> <file.svg>`. Record it with `script -qec 'npm start' <file>`.
// A line that was overwritten, such as a progress bar, is drawn in its last state.

const COLOURS: Record<string, string> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#76e3ea',
};
const FONT = 13;
const LINE = 18;
const CHARACTER = 7.83;
const MARGIN = 16;

/** Escape sequences that move or hide the cursor; those of colours end in "m". */
const NOT_COLOUR = /\u001b\[\??[\d;]*[A-Za-ln-z]|\u001b[78]/g;

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Returns the lines of the screen with their colours. */
function linesOf(recording: string): string[] {
  return recording
    .replace(/^Script started[^\n]*\n/, '')
    .replace(/\n?Script done[^\n]*\s*$/, '')
    .split('\n')
    .map((line) => {
      const rewrites = line
        .replace(/\u001b\[\d*G/g, '\r')
        .replace(NOT_COLOUR, '')
        .split('\r');
      return (rewrites.findLast((text) => text.trim() !== '') ?? '').trimEnd();
    })
    .filter((line) => !/^> |^[\u2800-\u28ff]$/.test(line))
    .join('\n')
    .trim()
    .split('\n');
}

function spansOf(line: string): string {
  let style = '';
  return line
    .split(/(\u001b\[[\d;]*m)/)
    .map((part) => {
      const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
      if (code === undefined) {
        return style === '' ? escapeXml(part) : `<tspan ${style}>${escapeXml(part)}</tspan>`;
      }
      const colour = COLOURS[code];
      if (code === '1') style = 'font-weight="bold"';
      else if (code === '2') style = 'fill="#8b949e"';
      else style = colour === undefined ? '' : `fill="${colour}"`;
      return '';
    })
    .join('');
}

function draw(lines: string[]): string {
  const columns = Math.max(...lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, '').length));
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = lines.length * LINE + 2 * MARGIN;
  const rows = lines.map(
    (line, row) =>
      `<tspan x="${MARGIN}" y="${MARGIN + FONT + row * LINE}">${spansOf(line)}</tspan>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<text xml:space="preserve" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" fill="#e6edf3">
${rows.join('\n')}
</text>
</svg>
`;
}

const [recording = '', command = '', picture = ''] = process.argv.slice(2);
const lines = linesOf(await readFile(recording, 'utf8'));
await writeFile(picture, draw([`$ ${command}`, '', ...lines]));
