import { type Problem, clip, show } from '../parse/validation-error.ts';

/**
 * The edition of cph_api_0538 whose characters are taken: `narrow` holds in every region, `wide` adds `~` for regions
 * known to run the newer one. Either way `*` stands only at the end, as the newer edition asks.
 */
export type PathEdition = 'narrow' | 'wide';

/** Every character of a path that the edition takes; `*` only as the last one. */
const PATH_CHARACTERS: Readonly<Record<PathEdition, RegExp>> = {
  narrow: /[A-Za-z0-9./_+#=*-]/,
  wide: /[A-Za-z0-9./_+#=*~-]/,
};

const MAX_BYTES = 4096;

/**
 * What is wrong with a path on a phone. "Only data in the /data and cache directories" (cph_api_0538) is read as:
 * `/data`, `/cache` and what is below them.
 */
export function pathProblems(path: string, edition: PathEdition): Problem[] {
  const problems: Problem[] = [];
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > MAX_BYTES) {
    problems.push({
      message: `the path has ${bytes} bytes`,
      allowed: `at most ${MAX_BYTES} bytes`,
    });
  }
  if (!/^\/(data|cache)(\/|$)/.test(path)) problems.push(rootProblem(path));
  const segments = path.split('/').slice(1);
  if (segments.includes('')) {
    problems.push({
      message: `the path ${show(path)} has an empty part`,
      allowed: 'no // and no / at the end',
    });
  }
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    problems.push({
      message: `the path ${show(path)} has a part . or ..`,
      allowed: 'a path that is written out',
    });
  }
  const character = characterProblem(path, edition);
  if (character !== undefined) problems.push(character);
  return problems;
}

function rootProblem(path: string): Problem {
  return {
    message: `the path ${show(path)} is not below /data or /cache`,
    allowed: '/data, /cache or an absolute path below them',
    hint: path.startsWith('/sdcard')
      ? 'The shared storage of a phone is /data/media/0.'
      : 'CPH exports nothing else.',
  };
}

function characterProblem(path: string, edition: PathEdition): Problem | undefined {
  const chars = [...path];
  const taken = PATH_CHARACTERS[edition];
  const at = chars.findIndex(
    (char, index) => !taken.test(char) || (char === '*' && index < chars.length - 1),
  );
  const char = chars[at];
  if (char === undefined) return undefined;
  const extra = edition === 'wide' ? ' ~' : '';
  return {
    message: `the path has "${clip(char)}" at character ${at + 1}`,
    found: `"${clip(char)}" at character ${at + 1} of ${show(path)}`,
    allowed: `A-Z a-z 0-9 . / - _ + # =${extra} and * as the last character`,
    hint:
      char === '*' || char === '~'
        ? `End the path before it with *: ${show(`${chars.slice(0, at).join('')}*`)}.`
        : undefined,
  };
}

/** True when everything that `include` names lies under `exclude`, so that the include exports nothing. */
export function covers(exclude: string, include: string): boolean {
  if (!exclude.endsWith('*')) return include === exclude || include.startsWith(`${exclude}/`);
  const start = exclude.slice(0, -1);
  const included = include.endsWith('*') ? include.slice(0, -1) : `${include}/`;
  return included.startsWith(start);
}
