import { RESOURCE_ID } from '../../names.ts';
import * as z from 'zod';
import { scrub } from './redact.ts';

// The services leave a field out, send null or send '' for the same thing: all three read as undefined.

/** A text of at most 1,024 characters. */
export const text = z
  .unknown()
  .optional()
  .transform((value) =>
    typeof value === 'string' && value !== '' ? value.slice(0, 1_024) : undefined,
  );

/** A text for people. It goes into reports, so addresses and identities of a phone are removed. */
export const message = text.transform((value) =>
  value === undefined ? undefined : scrub(value, 300),
);

/**
 * An id, which becomes part of keys and addresses. Anything that could leave a folder reads as undefined. CPH's ids have 32
 * hexadecimal digits.
 */
export const id = text.transform((value) =>
  value !== undefined && RESOURCE_ID.test(value) && value !== '__proto__' ? value : undefined,
);

/** An integer, which some calls send as text. */
export const integer = z
  .unknown()
  .optional()
  .transform((value) => {
    const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) ? (number as number) : undefined;
  });

export const record = z.record(z.string(), z.unknown());

/** A list that may be null or absent; entries that are not objects are dropped. */
export const records = z
  .unknown()
  .optional()
  .transform((value) =>
    (Array.isArray(value) ? value : []).flatMap((entry) => {
      const parsed = record.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
  );

/** Drops the fields that are undefined, so that a value compares and serialises without them. */
export function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as never;
}
