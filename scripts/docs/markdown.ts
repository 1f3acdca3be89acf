/** Returns a Markdown table. `|` in cells is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Returns a value as one line of YAML, such as `[a, b]` or `{ when: problems }`. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${inline(one)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^(?:[A-Za-z/][\w/.-]*|(?:\d+[dhms])+)$/.test(value) ? value : JSON.stringify(value);
}

/** Replaces the lines `<!-- insert: name -->` of a template by parts. Throws if a part is missing or unused. */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const text = template.replace(/^<!-- insert: (.+) -->$/gm, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`the part "${name}" is missing`);
    used.add(name);
    return part;
  });
  const unused = Object.keys(parts).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`unused parts: ${unused.join(', ')}`);
  return text;
}
