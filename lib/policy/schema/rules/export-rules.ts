import { expandObjectPath } from '../../keys/keys.ts';
import { keyLengthProblems } from '../../keys/object-path.ts';
import { type Finding, type Path, show } from '../../parse/validation-error.ts';
import type { Draft } from './draft.ts';
import { covers, withoutSlash } from '../paths.ts';

/** Returns an error for each include when all are fully excluded, so that nothing would be exported. */
export function excludedErrors(draft: Draft): Finding[] {
  const excludes = draft.texts(['export', 'exclude']);
  const includes = draft.texts(['export', 'include']);
  const findings = includes.flatMap(({ path, value }): Finding[] => {
    const cover = excludes.find((exclude) =>
      covers(withoutSlash(exclude.value), withoutSlash(value)),
    );
    if (cover === undefined) return [];
    return [
      {
        path,
        message: `${show(value)} is fully excluded`,
        found: show(value),
        allowed: 'a path that is not fully excluded',
        hint: `The exclude ${show(cover.value)} covers it.`,
      },
    ];
  });
  return findings.length === includes.length ? findings : [];
}

/** Returns what is wrong with the folder of the archives. They must not be written into `ledger`. */
export function objectPathErrors(
  draft: Draft,
  ledger?: { bucket: string; prefix: string },
): Finding[] {
  const path: Path = ['export', 'object_path'];
  if (draft.mapping(['export']) === undefined) return [];
  const template = draft.text(path, '{policy}/{date}');
  if (template === undefined) return [];
  const policy = draft.text(['name']) ?? 'p'.repeat(32);
  const folder = expandObjectPath(template, { policy, date: '20260102', slot: '20260102T000000Z' });
  const findings: Finding[] = keyLengthProblems(folder).map((problem) => ({
    path,
    found: show(template),
    ...problem,
  }));
  const bucket = draft.text(['export', 'bucket']);
  if (bucket !== undefined && bucket === ledger?.bucket && `${folder}/`.startsWith(ledger.prefix)) {
    findings.push({
      path,
      message: 'archives would be written into the ledger',
      found: show(template),
      allowed: `another bucket, or a folder outside ${show(ledger.prefix)}`,
    });
  }
  return findings;
}

/** Returns an error for each path with characters that only some regions allow, unless the policy says that its region does. */
export function characterErrors(draft: Draft): Finding[] {
  if (draft.text(['export', 'characters'], 'common') !== 'common') return [];
  const lists = [
    ['export', 'include'],
    ['export', 'exclude'],
  ].flatMap((list) => draft.texts(list));
  return lists.flatMap(({ path, value }): Finding[] => {
    const at = value.indexOf('~');
    if (at < 0) return [];
    return [
      {
        path,
        message: `the path contains "~" at character ${at + 1}`,
        found: show(value),
        allowed: 'a path without ~ unless export.characters is wide',
        hint: 'If CPH accepts ~ in your region, set export.characters: wide.',
      },
    ];
  });
}
