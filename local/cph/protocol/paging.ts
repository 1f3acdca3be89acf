import { CphError } from './errors.ts';
import { wholeNumber } from './format.ts';

/** Reads `offset` and `limit` of a listing. Throws CPS.0002 for an invalid one or a limit over `max`. */
export function pagingOf(
  query: URLSearchParams,
  max: number,
  fallback: number,
): { offset: number; limit: number } {
  const offset = wholeNumber(query.get('offset') ?? '0');
  const limit = wholeNumber(query.get('limit') ?? String(fallback));
  if (offset === undefined || limit === undefined || limit < 1 || limit > max) {
    throw new CphError('CPS.0002');
  }
  return { offset, limit };
}

/** Returns a page of the items that pass the filter, newest first, and their total count. */
export function newestPage<T>(
  oldestFirst: readonly T[],
  passes: ((item: T) => boolean) | undefined,
  { offset, limit }: { offset: number; limit: number },
): { count: number; page: T[] } {
  const list = passes === undefined ? oldestFirst : oldestFirst.filter(passes);
  const end = Math.max(0, list.length - offset);
  return {
    count: list.length,
    page: list.slice(Math.max(0, end - limit), end).reverse(),
  };
}
