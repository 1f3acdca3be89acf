export type Edition = 'newer' | 'older';

const MAX_BYTES = 4096;

/** Returns why a path of include_files or exclude_files is invalid (cph_api_0538); undefined if it is valid. */
export function pathError(path: string, edition: Edition): string | undefined {
  if (path === '' || Buffer.byteLength(path) > MAX_BYTES) return 'length must be 1 to 4096 bytes';
  const allowed = edition === 'newer' ? /^[A-Za-z0-9./\-_+#=~*]+$/ : /^[A-Za-z0-9./\-_+#=*]+$/;
  if (!allowed.test(path)) return 'a character is not supported';
  if (edition === 'newer' && path.slice(0, -1).includes('*')) return '* is allowed at the end only';
  const [root, first, ...rest] = path.split('/');
  if (root !== '' || (first !== 'data' && first !== 'cache')) {
    return 'only /data and cache directories can be exported';
  }
  return rest.includes('..') || rest.includes('.') ? 'the path must be absolute' : undefined;
}

/** Returns a test of absolute paths: true for the paths that match `pattern` and everything below them. */
export function createPathMatcher(pattern: string): (path: string) => boolean {
  const wanted = pattern.split('/').filter((segment) => segment !== '');
  if (!pattern.includes('*')) {
    const exact = `/${wanted.join('/')}`;
    return (path) => path === exact || path.startsWith(`${exact}/`);
  }
  return (path) => {
    const segments = path.split('/').slice(1);
    return (
      segments.length >= wanted.length &&
      wanted.every((segment, index) => matchesSegment(segment, segments[index] ?? ''))
    );
  };
}

/** Greedy matching of `*` that backtracks to the last one: linear in practice, quadratic at worst. */
function matchesSegment(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      p += 1;
      resume = t;
    } else if (pattern[p] === text[t]) {
      p += 1;
      t += 1;
    } else if (star !== -1) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
