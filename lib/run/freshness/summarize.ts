import type { Freshness, OldPhone } from '../../ledger/state/freshness.ts';

const MAX_TIMES = 2_000;
const MAX_NAMED = 50;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Times are rounded up to the first of these (ms) with which few enough are left. */
const UNITS = [1, SECOND, MINUTE, 10 * MINUTE, HOUR, 24 * HOUR, 30 * 24 * HOUR];

/** A phone of the last run of all phones. */
export type PhoneBackup = OldPhone & {
  /** True when the index of archives cannot be read for this phone. */
  unknown?: boolean;
};

/** Numbers of phones. */
export type PhoneCounts = {
  /** `fresh`, `late` and `never` together: the phones that count. */
  counted: number;
  fresh: number;
  late: number;
  never: number;
  not_exportable: number;
  unknown: number;
};

/** Returns whether a phone counts: the run could export it, and its last archive is known. */
export function counts({ outcome, unknown = false, verified_at }: PhoneBackup): boolean {
  return outcome !== 'skipped' && !(unknown && verified_at === undefined);
}

/**
 * Returns the summary of a policy's phones, from which `countPhones` can count later. More than 2,000 different times are
 * rounded up: a phone may count as late up to that much later. Pure.
 */
export function summarize(run_id: string, phones: readonly PhoneBackup[]): Freshness {
  const counted = phones.filter(counts);
  const skipped = phones.filter(({ outcome }) => outcome === 'skipped').length;
  const times = counted.flatMap(({ verified_at }) =>
    verified_at === undefined ? [] : verified_at,
  );
  const byAge = [...counted].sort(
    (a, b) => (a.verified_at ?? -1) - (b.verified_at ?? -1) || byText(a.phone_id, b.phone_id),
  );
  return {
    run_id,
    not_exportable: skipped,
    unknown: phones.length - skipped - counted.length,
    never: counted.length - times.length,
    verified: tally(times),
    oldest: byAge.slice(0, MAX_NAMED).map(oldPhone),
  };
}

/** Returns how many phones are late: their last archive is older than `limit` (epoch ms). Without a limit none is. Pure. */
export function countPhones(freshness: Freshness, limit: number | undefined): PhoneCounts {
  const { never, not_exportable, unknown, verified } = freshness;
  let [fresh, late] = [0, 0];
  for (const [time, count] of verified) {
    if (limit !== undefined && time < limit) late += count;
    else fresh += count;
  }
  return { counted: fresh + late + never, fresh, late, never, not_exportable, unknown };
}

function oldPhone({
  phone_id,
  phone_name,
  verified_at,
  outcome,
  reason,
  code,
}: PhoneBackup): OldPhone {
  return {
    ...{ phone_id, phone_name, outcome },
    ...(verified_at === undefined ? {} : { verified_at }),
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
  };
}

function tally(times: readonly number[]): [number, number][] {
  for (const unit of UNITS) {
    const found = new Map<number, number>();
    for (const time of times) {
      const rounded = Math.ceil(time / unit) * unit;
      found.set(rounded, (found.get(rounded) ?? 0) + 1);
    }
    if (found.size <= MAX_TIMES || unit === UNITS.at(-1)) {
      return [...found].sort(([a], [b]) => a - b);
    }
  }
  return [];
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
