/**
 * Returns the slots of a cron expression with second 0 by checking every minute: slow, simple and independent of lib.
 * Supports numbers, names, lists, ranges and steps.
 */
export function minuteSlots(
  rule: { cron: string; timezone: string },
  from: number,
  to: number,
): number[] {
  const [, minute = '', hour = '', dom = '', month = '', dow = ''] = rule.cron.split(' ');
  const minutes = values(minute, 0, 59);
  const hours = values(hour, 0, 23);
  const doms = values(dom, 1, 31);
  const months = values(month, 1, 12, 'JanFebMarAprMayJunJulAugSepOctNovDec');
  const dows = values(dow, 0, 6, 'SunMonTueWedThuFriSat');
  const isAny = (field: string) => field === '*' || field === '?';
  const matches = (ms: number) => {
    if (!minutes.has(Math.floor(ms / 60_000) % 60)) return false;
    const local = new Date(ms);
    const inDom = doms.has(local.getUTCDate());
    const inDow = dows.has(local.getUTCDay());
    const onDay = !isAny(dom) && !isAny(dow) ? inDom || inDow : inDom && inDow;
    return hours.has(local.getUTCHours()) && months.has(local.getUTCMonth() + 1) && onDay;
  };
  const isTimeOfDay = !/[*/]/.test(minute + hour);
  const slots = new Set<number>();
  const offsetAt = offsets(rule.timezone);
  let before = offsetAt(from - 60_000);
  // The latest local time so far: a local time up to it is a repeated one.
  let seen = from - 60_000 + before;
  for (let back = 1; back <= 180; back++) {
    const earlier = from - back * 60_000;
    seen = Math.max(seen, earlier + offsetAt(earlier));
  }
  for (let utc = from; utc <= to; utc += 60_000) {
    const offset = offsetAt(utc);
    const local = utc + offset;
    const gapStart = utc + before;
    if (isTimeOfDay && offset > before) {
      for (let skipped = gapStart; skipped < local; skipped += 60_000) {
        if (matches(skipped)) slots.add(utc);
      }
    }
    if (matches(local) && !(isTimeOfDay && local <= seen)) slots.add(utc);
    seen = Math.max(seen, local);
    before = offset;
  }
  return [...slots];
}

function values(field: string, min: number, max: number, names = ''): Set<number> {
  const number = (word: string) =>
    /^\d+$/.test(word) ? Number(word) : names.indexOf(word) / 3 + min;
  const chosen = new Set<number>();
  for (const item of field.split(',')) {
    const [range = '', step = '1'] = item.split('/');
    const [first = '', last] = range.split('-');
    const any = first === '*' || first === '?';
    const start = any ? min : number(first);
    const end = any ? max : last === undefined ? start : number(last);
    for (let value = start; value <= end; value += Number(step)) chosen.add(value);
  }
  return chosen;
}

/** The offsets read so far, by zone and half-hour. */
const knownOffsets = new Map<string, Map<number, number>>();

/** Returns the UTC offset of a zone in ms. Reads it once per half-hour: clocks change at no other minute. */
function offsets(timeZone: string): (utc: number) => number {
  const known = knownOffsets.get(timeZone) ?? new Map<number, number>();
  knownOffsets.set(timeZone, known);
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (utc) => {
    const half = Math.floor(utc / 1_800_000);
    let offset = known.get(half);
    if (offset === undefined) {
      const [day, month, year, hour, minute, second] = format
        .format(half * 1_800_000)
        .split(/\D+/)
        .map(Number);
      offset = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) - half * 1_800_000;
      known.set(half, offset);
    }
    return offset;
  };
}
