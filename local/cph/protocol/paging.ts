import { Refusal } from './errors.ts';
import { wholeNumber } from './format.ts';

/** `offset` and `limit` of a listing; a wrong one or a limit over `most` is CPS.0002. */
export function pagingOf(
  query: URLSearchParams,
  most: number,
  fallback: number,
): { offset: number; limit: number } {
  const offset = wholeNumber(query.get('offset') ?? '0');
  const limit = wholeNumber(query.get('limit') ?? String(fallback));
  if (offset === undefined || limit === undefined || limit < 1 || limit > most) {
    throw new Refusal('CPS.0002');
  }
  return { offset, limit };
}

/** Items `offset` to `offset + limit` of those of `oldestFirst` that pass, newest first. */
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
