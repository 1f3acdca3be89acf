/** A Markdown table. A `|` in a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A value as YAML flow style on one line, such as `[a, b]` or `{ when: problems }`. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${inline(one)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^(?:[A-Za-z/][\w/.-]*|(?:\d+[dhms])+)$/.test(value) ? value : JSON.stringify(value);
}

/** Fills the lines `<!-- insert: name -->` of a template. Throws for a part that is missing or not used. */
export function fill(template: string, parts: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const text = template.replace(/^<!-- insert: (.+) -->$/gm, (_, name: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`there is no part "${name}"`);
    used.add(name);
    return part;
  });
  const unused = Object.keys(parts).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the template does not insert ${unused.join(', ')}`);
  return text;
}
