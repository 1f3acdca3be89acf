/** A name, or several that count up. */
export type NameRange = { text: string; count: number };

/** Fewer are listed one by one. */
const MIN_RANGE = 3;
/** As many digits as a number holds exactly. */
const MAX_DIGITS = 15;

type Numbered = { name: string; prefix: string; digits: string; value: number };

/**
 * Returns names in natural order; three or more that count up make one range: `game-0020 … 0023`. A name that several have is one
 * with their number: `game ×2`. Pure.
 */
export function nameRanges(names: readonly string[]): NameRange[] {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const sorted = [...times.keys()].map(numbered).sort(byNumber);
  const ranges: NameRange[] = [];
  let from = 0;
  for (let to = 1; to <= sorted.length; to += 1) {
    if (follows(sorted[to - 1], sorted[to], times)) continue;
    ranges.push(...rangesOf(sorted.slice(from, to), times));
    from = to;
  }
  return ranges;
}

/** Returns the first texts of ranges, at most `max` and about so many characters, at least one; and how many names are left out. */
export function firstRanges(
  ranges: readonly NameRange[],
  { max, characters }: { max: number; characters: number },
): { texts: string[]; more: number } {
  const texts: string[] = [];
  let [used, more] = [0, 0];
  for (const { text, count } of ranges) {
    const isFull = texts.length >= max || (texts.length > 0 && used + text.length > characters);
    if (isFull) more += count;
    else texts.push(text);
    used += text.length;
  }
  return { texts, more };
}

function numbered(name: string): Numbered {
  let start = name.length;
  while (start > 0 && name.length - start < MAX_DIGITS && isDigit(name, start - 1)) start -= 1;
  const digits = name.slice(start);
  return { name, prefix: name.slice(0, start), digits, value: digits === '' ? -1 : Number(digits) };
}

const isDigit = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
};

function byNumber(a: Numbered, b: Numbered): number {
  if (a.prefix !== b.prefix) return a.prefix < b.prefix ? -1 : 1;
  return a.value - b.value || a.digits.length - b.digits.length;
}

/** Numbers with zeros before them count up in one width only. */
function follows(
  one: Numbered | undefined,
  next: Numbered | undefined,
  times: ReadonlyMap<string, number>,
): boolean {
  if (one === undefined || next === undefined || one.prefix !== next.prefix) return false;
  if (one.digits === '' || next.value !== one.value + 1) return false;
  if (times.get(one.name) !== 1 || times.get(next.name) !== 1) return false;
  return one.digits.length === next.digits.length || (isPlain(one) && isPlain(next));
}

const isPlain = ({ digits, value }: Numbered): boolean => digits === String(value);

function rangesOf(group: readonly Numbered[], times: ReadonlyMap<string, number>): NameRange[] {
  const [first, last] = [group[0], group.at(-1)];
  if (group.length >= MIN_RANGE && first !== undefined && last !== undefined) {
    return [{ text: `${first.name} … ${last.digits}`, count: group.length }];
  }
  return group.map(({ name }) => {
    const count = times.get(name) ?? 1;
    return { text: count === 1 ? name : `${name} ×${count}`, count };
  });
}
