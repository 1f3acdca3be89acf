import { expect, it } from 'vitest';
import { newestPage, pagingOf } from '../../../../local/cph/protocol/paging.ts';

it('reads offset and limit, or the defaults', () => {
  expect(pagingOf(new URLSearchParams('offset=5&limit=200'), 200, 100)).toEqual({
    offset: 5,
    limit: 200,
  });
  expect(pagingOf(new URLSearchParams(), 200, 100)).toEqual({ offset: 0, limit: 100 });
});

it.each(['limit=201', 'limit=0', 'limit=ten', 'offset=-1'])('refuses %s', (query) => {
  expect(() => pagingOf(new URLSearchParams(query), 200, 100)).toThrow(
    expect.objectContaining({ code: 'CPS.0002' }),
  );
});

it('returns a page of the matching items, newest first', () => {
  const items = [1, 2, 3, 4, 5, 6];
  const page = (offset: number, limit: number) =>
    newestPage(items, (item) => item !== 5, { offset, limit });
  expect(page(0, 2)).toEqual({ count: 5, page: [6, 4] });
  expect(page(4, 2)).toEqual({ count: 5, page: [1] });
  expect(page(9, 2)).toEqual({ count: 5, page: [] });
  expect(newestPage(items, undefined, { offset: 0, limit: 9 }).page).toEqual([6, 5, 4, 3, 2, 1]);
});
