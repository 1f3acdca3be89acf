import { parseDuration } from '../duration.ts';
import { type Finding, type Path, show } from '../../parse/validation-error.ts';
import { type Draft, draftOf } from './draft.ts';
import { withoutSlash } from '../paths.ts';
import { drillErrors } from './drill-rules.ts';
import { hookErrors } from './hook-rules.ts';
import { retentionErrors } from './retention-rules.ts';
import { characterErrors, excludedErrors, objectPathErrors } from './export-rules.ts';

/** What a policy is checked against, apart from its schema. */
export type RuleContext = { fileName: string; ledger?: { bucket: string; prefix: string } };

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
    ...characterErrors(draft),
    ...excludedErrors(draft),
    ...durationErrors(draft),
    ...objectPathErrors(draft, context.ledger),
    ...hookErrors(draft),
    ...retentionErrors(draft),
    ...drillErrors(draft),
  ];
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
  // It may select something: that error is reported.
  if (draft.hidesFields(['select'])) return [];
  const excluded = Object.keys(draft.mapping(['select', 'exclude']) ?? {});
  const isMisspelt =
    Object.keys(select).some((field) => !['exclude', 'max_phones'].includes(field)) ||
    excluded.some((field) => !['phones', 'servers', 'name'].includes(field));
  return [
    {
      path: ['select'],
      at: 'key',
      message: 'the policy selects no phones',
      found: 'exclude' in select ? 'only exclude' : 'no condition',
      allowed: `at least one of ${conditions.join(', ')}`,
      // The error of the unknown field says which one is meant.
      hint: isMisspelt ? undefined : 'To select all phones, write name: "*".',
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
    ['drill', 'target'],
    ['export', 'include'],
    ['export', 'exclude'],
  ];
  return lists.flatMap((list) => {
    const seen = new Set<string>();
    return draft.texts(list).flatMap(({ path, value }): Finding[] => {
      const entry = list[0] === 'export' ? withoutSlash(value) : value;
      if (!seen.has(entry)) {
        seen.add(entry);
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
