/** No object of the ledger is larger, in bytes, except a policy. */
export const MAX_OBJECT_BYTES = 1024 * 1024;
/** Leaves room for the other fields of an object. */
const MAX_LIST_BYTES = 896 * 1024;

/** Returns how many of the first items one object may hold: at most `maxItems`, and at least one. */
export function countFitting(
  items: readonly unknown[],
  maxItems: number,
  maxBytes = MAX_LIST_BYTES,
): number {
  let bytes = 0;
  for (let count = 0; count < items.length; count += 1) {
    bytes += Buffer.byteLength(JSON.stringify(items[count])) + 1;
    if (count > 0 && (count >= maxItems || bytes > maxBytes)) return count;
  }
  return items.length;
}

/** Splits a list into lists that fit into one object each. Lists that begin with the same items are split at the same places. */
export function splitList<T>(items: readonly T[], maxItems: number): T[][] {
  return [...splitLazily(items, maxItems)];
}

/** Like `splitList`, but measures the items of each list only when it is asked for: that of 100,000 items takes a second. */
export function* splitLazily<T>(items: readonly T[], maxItems: number): Generator<T[], void> {
  for (let from = 0; from < items.length;) {
    const next = items.slice(from, from + maxItems);
    const list = next.slice(0, countFitting(next, maxItems));
    yield list;
    from += list.length;
  }
}
