/** `1 phone`, `2 phones`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lines of at most `width` characters that begin with `indent`; a word longer than a line gets its own. */
export function wrap(words: readonly string[], width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
}

/** Folds the lines of a text that are longer than `width`; what is continued is set off by two spaces. */
export function fold(text: string, width: number, indent = ''): string[] {
  return text.split('\n').flatMap((line) => {
    const [first = indent, ...rest] = wrap(line.split(' '), width, indent);
    if (rest.length === 0) return [first];
    const left = line.slice(first.length - indent.length).trimStart();
    return [first, ...wrap(left.split(' '), width, `${indent}  `)];
  });
}

/** Milliseconds as `7 s` or `1 min 5 s`. */
export function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}

/** Bytes as `512 B`, `3.4 KB`, `120 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB'];
  let [value, unit] = [count, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
