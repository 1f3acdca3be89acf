/** As lodash's: returns the entries in the order of `by`, equal ones in the order of the list. */
export function sortBy<T>(list: readonly T[], by: (one: T) => string): T[] {
  const keyed = list.map((one) => ({ one, key: by(one) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ one }) => one);
}
