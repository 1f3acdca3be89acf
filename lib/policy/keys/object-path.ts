import { type Problem, clip, show } from '../parse/validation-error.ts';
import { archiveKey, PLACEHOLDERS } from './keys.ts';
import { RUN_ID_MAX } from './run-id.ts';

const MAX_KEY_CHARACTERS = 1024;
const CHARACTERS = /^[A-Za-z0-9./_+#={}-]$/;
const SHAPE = 'a folder such as "{policy}/{date}", without / at the start or end';

/** Returns what is wrong with a folder template (object_path in cph_api_0538, without the file name). */
export function objectPathProblems(template: string): Problem[] {
  if (template === '') return [{ message: 'the object path is empty', allowed: SHAPE }];
  const problems: Problem[] = [];
  const bare = template.replace(/\{(\w*)\}/g, (placeholder, name: string) => {
    if (PLACEHOLDERS.some((known) => known === name)) return 'x';
    problems.push({
      message: `unknown placeholder ${show(placeholder)}`,
      found: show(placeholder),
      allowed: PLACEHOLDERS.map((known) => `{${known}}`).join(' '),
    });
    return 'x';
  });
  const character = [...bare].find((char) => !CHARACTERS.test(char) || /[{}]/.test(char));
  if (character !== undefined) {
    problems.push({
      message: `the object path contains "${clip(character)}" at character ${[...template].indexOf(character) + 1}`,
      found: show(template),
      allowed: 'A-Z a-z 0-9 . / - _ + # = and {policy} {date} {slot}',
      hint:
        character === '*' || character === '~'
          ? 'CPH allows it in paths on a phone, not in object keys.'
          : undefined,
    });
  }
  const segments = bare.split('/');
  if (segments.includes('')) {
    problems.push({
      message: `the object path ${show(template)} contains //, or starts or ends with /`,
      allowed: SHAPE,
    });
  }
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    problems.push({
      message: `the object path ${show(template)} contains a folder named . or ..`,
      allowed: SHAPE,
    });
  }
  return problems;
}

/** Returns the problem of an expanded folder whose archive keys could be too long for OBS. */
export function keyLengthProblems(folder: string): Problem[] {
  const longest = archiveKey(folder, 'r'.repeat(RUN_ID_MAX), 'p'.repeat(32), 99).length;
  if (longest <= MAX_KEY_CHARACTERS) return [];
  return [
    {
      message: `object keys would have up to ${longest} characters`,
      allowed: `at most ${MAX_KEY_CHARACTERS} characters`,
      hint: 'Shorten the object path.',
    },
  ];
}
