import { type Problem, show } from '../parse/validation-error.ts';

const MAX_KEYS = 10;

/** What is wrong with the key of a server's tag (model_tag.go of the vendor's SDK). */
export function tagKeyProblems(key: string): Problem[] {
  const allowed = '1 to 127 letters, digits, spaces and _ . : = + - @, not starting with _sys_';
  const isSound = /^[\p{L}\p{Nd} _.:=+@-]{1,127}$/u.test(key) && !key.startsWith('_sys_');
  return isSound ? [] : [{ message: `${show(key)} cannot be the key of a tag`, allowed }];
}

/** What is wrong with the value of a server's tag. */
export function tagValueProblems(value: string): Problem[] {
  const isSound = /^[^\p{Cc}\p{Cs}]{0,255}$/u.test(value) && value.trim() === value;
  if (isSound) return [];
  return [
    {
      message: `${show(value)} cannot be the value of a tag`,
      allowed: 'at most 255 characters, no space at either end',
    },
  ];
}

/** What is wrong with the number of tags asked for at once. */
export function tagCountProblems(tags: Readonly<Record<string, unknown>>): Problem[] {
  const count = Object.keys(tags).length;
  if (count >= 1 && count <= MAX_KEYS) return [];
  return [
    {
      message: `there are ${count} tag keys`,
      found: `${count} keys`,
      allowed: `1 to ${MAX_KEYS} keys`,
    },
  ];
}
