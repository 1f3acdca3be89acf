import { type Problem, show } from '../parse/validation-error.ts';

const MAX_KEYS = 10;

/** Returns what is wrong with the key of a server tag. Source: model_tag.go of the vendor's SDK. */
export function tagKeyProblems(key: string): Problem[] {
  const allowed = '1 to 127 letters, digits, spaces and _ . : = + - @, without _sys_ at the start';
  const isValid = /^[\p{L}\p{Nd} _.:=+@-]{1,127}$/u.test(key) && !key.startsWith('_sys_');
  return isValid ? [] : [{ message: `${show(key)} is not a valid tag key`, allowed }];
}

/** Returns what is wrong with the value of a server tag. */
export function tagValueProblems(value: string): Problem[] {
  const isValid = /^[^\p{Cc}\p{Cs}]{0,255}$/u.test(value) && value.trim() === value;
  if (isValid) return [];
  return [
    {
      message: `${show(value)} is not a valid tag value`,
      allowed: 'at most 255 characters, without spaces at the start or end',
    },
  ];
}

/** Returns what is wrong with the number of tag keys in a selection. */
export function tagCountProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  const count = Object.keys(tags).length;
  if (count >= 1 && count <= MAX_KEYS) return [];
  return [
    {
      message: `found ${count} tag keys, expected 1 to ${MAX_KEYS}`,
      found: `${count} keys`,
      allowed: `1 to ${MAX_KEYS} keys`,
    },
  ];
}
