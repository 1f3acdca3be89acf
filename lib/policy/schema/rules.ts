import { parseDuration } from './duration.ts';
import { type Finding, type Path, show } from '../parse/validation-error.ts';
import { valueAt } from '../parse/findings.ts';
import { expandObjectPath } from '../keys/keys.ts';
import { keyLengthProblems } from '../keys/object-path.ts';
import { covers } from './paths.ts';

/** What a policy is checked against, apart from its schema. */
export type RuleContext = { fileName: string; ledger?: { bucket: string; prefix: string } };

/** The policy as written, without the fields in which errors were found. */
type Draft = {
  /** Returns the text of a field, `fallback` when it is missing, or undefined when it has an error. */
  text(path: Path, fallback?: string): string | undefined;
  /** Returns the entries of a list that are text without an error. */
  texts(path: Path): { path: Path; value: string }[];
  mapping(path: Path): Record<string, unknown> | undefined;
};

/**
 * Checks the rules between fields. Skips the fields that are `broken`, so that the errors in other fields are still
 * reported.
 */
export function ruleFindings(
  root: Record<string, unknown>,
  context: RuleContext,
  broken: (path: Path) => boolean,
): Finding[] {
  const draft = draftOf(root, broken);
  return [
    ...nameErrors(draft, context.fileName),
    ...conditionErrors(draft),
    ...duplicateErrors(draft),
    ...excludedErrors(draft),
    ...durationErrors(draft),
    ...objectPathErrors(draft, context.ledger),
  ];
}

function draftOf(root: Record<string, unknown>, broken: (path: Path) => boolean): Draft {
  const text = (path: Path, fallback?: string) => {
    const value = broken(path) ? undefined : (valueAt(root, path) ?? fallback);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    text,
    texts(path) {
      const list = valueAt(root, path);
      if (!Array.isArray(list)) return [];
      return list.flatMap((_, index) => {
        const value = text([...path, index]);
        return value === undefined ? [] : [{ path: [...path, index], value }];
      });
    },
    mapping(path) {
      const value = valueAt(root, path);
      const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
      return isMapping ? (value as Record<string, unknown>) : undefined;
    },
  };
}

function nameErrors(draft: Draft, fileName: string): Finding[] {
  const name = draft.text(['name']);
  const base = (fileName.split('/').at(-1) ?? '').replace(/\.ya?ml$/, '');
  if (name === undefined || name === base) return [];
  return [
    {
      path: ['name'],
      message: `${show(name)} does not match the file name ${show(base)}`,
      allowed: show(base),
      found: show(name),
      hint: 'Rename the file or the policy.',
    },
  ];
}

function conditionErrors(draft: Draft): Finding[] {
  const select = draft.mapping(['select']);
  const conditions = ['phones', 'servers', 'server_tags', 'name'];
  if (select === undefined || conditions.some((field) => field in select)) return [];
  return [
    {
      path: ['select'],
      at: 'key',
      message: 'the policy selects no phones',
      found: 'exclude' in select ? 'only exclude' : 'no condition',
      allowed: `at least one of ${conditions.join(', ')}`,
      hint: 'To select all phones, write name: "*".',
    },
  ];
}

function duplicateErrors(draft: Draft): Finding[] {
  const tags = draft.mapping(['select', 'server_tags']) ?? {};
  const lists: Path[] = [
    ['select', 'phones'],
    ['select', 'servers'],
    ...Object.keys(tags).map((key): Path => ['select', 'server_tags', key]),
    ['select', 'exclude', 'phones'],
    ['select', 'exclude', 'servers'],
    ['export', 'include'],
    ['export', 'exclude'],
  ];
  return lists.flatMap((list) => {
    const seen = new Set<string>();
    return draft.texts(list).flatMap(({ path, value }): Finding[] => {
      if (!seen.has(value)) {
        seen.add(value);
        return [];
      }
      return [
        {
          path,
          message: `${show(value)} is listed twice`,
          found: show(value),
          allowed: 'each entry once',
        },
      ];
    });
  });
}

function excludedErrors(draft: Draft): Finding[] {
  const excludes = draft.texts(['export', 'exclude']);
  return draft.texts(['export', 'include']).flatMap(({ path, value }): Finding[] => {
    const cover = excludes.find((exclude) => covers(exclude.value, value));
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
}

function durationErrors(draft: Draft): Finding[] {
  const deadlineText = draft.text(['deadline'], '2h');
  if (deadlineText === undefined) return [];
  const deadline = parseDuration(deadlineText) ?? 0;
  const tooLong = (field: string, isTooLong: (ms: number) => boolean, limit: string): Finding[] => {
    const value = draft.text([field]);
    if (value === undefined || !isTooLong(parseDuration(value) ?? 0)) return [];
    return [
      {
        path: [field],
        message: `${show(value)} is too long: the deadline is ${deadlineText}`,
        found: show(value),
        allowed: `${limit} the deadline (${deadlineText})`,
      },
    ];
  };
  return [
    ...tooLong('export_timeout', (ms) => ms > deadline, 'at most'),
    ...tooLong('wait_for_phones', (ms) => ms >= deadline, 'less than'),
  ];
}

function objectPathErrors(draft: Draft, ledger: RuleContext['ledger']): Finding[] {
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
