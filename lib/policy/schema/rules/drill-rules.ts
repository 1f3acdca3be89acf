import { valueAt } from '../../parse/findings.ts';
import { type Finding, show } from '../../parse/validation-error.ts';
import type { Draft } from './draft.ts';

const NO_CHECK: Finding = {
  path: ['drill', 'answer'],
  at: 'key',
  message: 'no command gives an answer',
  found: 'answer without check',
  allowed: 'answer together with check',
  hint: 'Add check, the command, or remove answer.',
};

/** Returns what is wrong between the fields of `drill`: an answer without a command, too few targets, or targets that the policy itself selects by id. */
export function drillErrors(draft: Draft): Finding[] {
  const drill = draft.mapping(['drill']);
  if (drill === undefined) return [];
  const targets = draft.texts(['drill', 'target']);
  const excluded = new Set(draft.texts(['select', 'exclude', 'phones']).map(({ value }) => value));
  const selected = new Set(draft.texts(['select', 'phones']).map(({ value }) => value));
  const own = targets
    .filter(({ value }) => selected.has(value) && !excluded.has(value))
    .map(({ path, value }): Finding => {
      return {
        path,
        message: `${show(value)} is a phone of this policy: a drill would overwrite it`,
        found: show(value),
        allowed: 'scratch phones that the policy does not select',
        hint: 'Name another phone, or remove this one from select.phones.',
      };
    });
  const phones = valueAt(drill, ['phones']) ?? 1;
  if ('answer' in drill && !('check' in drill)) own.push(NO_CHECK);
  if (typeof phones !== 'number' || targets.length === 0 || phones <= targets.length) return own;
  const few: Finding = {
    path: ['drill', 'phones'],
    message: `${phones} phones need as many targets, and drill.target has ${targets.length}`,
    found: String(phones),
    allowed: `a whole number from 1 to ${targets.length}, the number of targets`,
    hint: 'Add scratch phones to drill.target.',
  };
  return [...own, few];
}
