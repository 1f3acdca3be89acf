import { describe, expect, it } from 'vitest';
import {
  checkReadConditions,
  matchesTag,
  rangeOf,
} from '../../../../local/obs/operations/conditions.ts';

const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const record = {
  key: 'k',
  size: 10,
  etag: 'e1',
  lastModified: MODIFIED,
  contentType: undefined,
  metadata: {},
};
const SAME = new Date(MODIFIED).toUTCString();
const EARLIER = new Date(MODIFIED - 1_000).toUTCString();

describe('checkReadConditions', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'if-match': '"e1"' }, undefined],
    [{ 'if-match': '"x"' }, 412],
    [{ 'if-none-match': '"x", "e1"' }, 304],
    [{ 'if-none-match': '"x"' }, undefined],
    [{ 'if-modified-since': EARLIER }, undefined],
    [{ 'if-modified-since': SAME }, 304],
    [{ 'if-modified-since': 'yesterday' }, undefined],
    [{ 'if-unmodified-since': SAME }, undefined],
    [{ 'if-unmodified-since': EARLIER }, 412],
    [{ 'if-match': '"e1"', 'if-unmodified-since': EARLIER }, undefined],
    [{ 'if-none-match': '"x"', 'if-modified-since': SAME }, undefined],
  ])('with %j throws %s', (headers, status) => {
    const check = () => checkReadConditions(new Request('http://h/', { headers }), record);
    if (status === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ status }));
  });
});

describe('rangeOf', () => {
  it.each([
    [null, 10, undefined],
    ['bytes=0-0', 10, { start: 0, end: 0 }],
    ['bytes=7-', 10, { start: 7, end: 9 }],
    ['bytes=-3', 10, { start: 7, end: 9 }],
    ['bytes=-99', 10, { start: 0, end: 9 }],
    ['bytes=8-99', 10, { start: 8, end: 9 }],
    ['bytes=4-2', 10, undefined],
    ['bytes=0-1,3-4', 10, undefined],
    ['bytes=x', 10, undefined],
  ])('reads %s of %i bytes as %j', (header, size, expected) => {
    expect(rangeOf(header, size)).toEqual(expected);
  });

  it.each([
    ['bytes=10-', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
  ])('refuses %s of %i bytes', (header, size) => {
    expect(() => rangeOf(header, size)).toThrow(expect.objectContaining({ status: 416 }));
  });
});

it('matches an ETag in a list, quoted or not, and the star', () => {
  expect(
    ['"e1"', 'e1', 'W/"e1"', '"x", "e1"', '*', '"x"'].map((tag) => matchesTag(tag, 'e1')),
  ).toEqual([true, true, true, true, true, false]);
});
