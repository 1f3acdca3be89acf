import { type Problem, clip, show } from '../parse/validation-error.ts';

/**
 * What an edition of the export API (cph_api_0538) allows in a path; `~` only in newer regions, where apps lie in folders such as
 * `/data/app/~~x==/`. `*` only as the last character.
 */
const ALLOWED_CHARACTER = /[A-Za-z0-9./_+#=~*-]/;

const MAX_BYTES = 4096;

/** Returns a path without the slashes at its end. */
export const withoutSlash = (path: string): string => path.replace(/(?<=[^/])\/$/, '');

/**
 * Returns what is wrong with a path on a phone. "Only data in the /data and cache directories" (cph_api_0538) is taken to
 * mean `/data`, `/cache` and everything below them. A hint never widens what is excluded.
 */
export function pathProblems(path: string, use: 'include' | 'exclude'): Problem[] {
  const problems: Problem[] = [];
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > MAX_BYTES) {
    problems.push({
      message: `the path is too long: ${bytes} bytes`,
      allowed: `at most ${MAX_BYTES} bytes`,
    });
  }
  if (!/^\/(data|cache)(\/|$)/.test(path)) problems.push(rootProblem(path));
  const segments = path.split('/').slice(1);
  if (segments.includes('')) {
    problems.push({
      message: `the path ${show(path)} contains // or ends with /`,
      allowed: 'a path without // and without / at the end',
    });
  }
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    problems.push({
      message: `the path ${show(path)} contains a folder named . or ..`,
      allowed: 'a path without . and ..',
    });
  }
  const character = characterProblem(path, use);
  if (character !== undefined) problems.push(character);
  return problems;
}

function rootProblem(path: string): Problem {
  return {
    message: `the path ${show(path)} is not in /data or /cache`,
    allowed: '/data, /cache or an absolute path below them',
    hint: path.startsWith('/sdcard')
      ? 'Write /data/media/0 instead of /sdcard.'
      : 'CPH exports only /data and /cache.',
  };
}

function characterProblem(path: string, use: 'include' | 'exclude'): Problem | undefined {
  const chars = [...path];
  const at = chars.findIndex(
    (char, index) => !ALLOWED_CHARACTER.test(char) || (char === '*' && index < chars.length - 1),
  );
  const char = chars[at];
  if (char === undefined) return undefined;
  return {
    message: `the path contains "${clip(char)}" at character ${at + 1}`,
    found: `"${clip(char)}" at character ${at + 1} of ${show(path)}`,
    allowed: 'A-Z a-z 0-9 . / - _ + # = ~ and * as the last character',
    hint: char === '*' ? starHint(`${chars.slice(0, at).join('')}*`, use) : undefined,
  };
}

function starHint(start: string, use: 'include' | 'exclude'): string {
  return use === 'include'
    ? `To export all that starts like this, write ${show(start)}.`
    : 'List each excluded path by its full name.';
}

/** True when `exclude` covers all of `include`, so that nothing of it would be exported. */
export function covers(exclude: string, include: string): boolean {
  if (!exclude.endsWith('*')) return include === exclude || include.startsWith(`${exclude}/`);
  const start = exclude.slice(0, -1);
  const included = include.endsWith('*') ? include.slice(0, -1) : `${include}/`;
  return included.startsWith(start);
}
