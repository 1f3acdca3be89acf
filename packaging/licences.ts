/** Licences that require attribution only: shipped code may contain them. */
const PERMISSIVE = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Licences with conditions for those who change or ship the package: development tools may have them. */
const FOR_TOOLS = new Set(['CC-BY-3.0', 'CC-BY-4.0', 'MPL-2.0']);

/**
 * Returns whether an SPDX licence expression is allowed in shipped code or, with 'tools', in development tools. One side
 * of an OR is enough, an AND needs both. Mixed or nested expressions and exceptions are not allowed.
 */
export function isAllowed(licence: string, where: 'shipped' | 'tools'): boolean {
  const bare = licence.replace(/^\((.*)\)$/s, '$1').trim();
  const either = bare.split(/\s+OR\s+/);
  const both = bare.split(/\s+AND\s+/);
  if (either.length > 1) return either.some((one) => isKnown(one, where));
  return both.every((one) => isKnown(one, where));
}

function isKnown(id: string, where: 'shipped' | 'tools'): boolean {
  return PERMISSIVE.has(id) || (where === 'tools' && FOR_TOOLS.has(id));
}
