import type { Finding } from '../../parse/validation-error.ts';
import type { Draft } from './draft.ts';

/** Returns an error for `hooks` without a command. */
export function hookErrors(draft: Draft): Finding[] {
  const hooks = draft.mapping(['hooks']);
  if (hooks === undefined || 'before' in hooks || 'after' in hooks) return [];
  // Another field may be meant: its error says which one.
  if (draft.hidesFields(['hooks'])) return [];
  const fields = Object.keys(hooks);
  return [
    {
      path: ['hooks'],
      at: 'key',
      message: 'no hook has a command',
      found: fields.length === 0 ? 'an empty mapping' : `only ${fields.join(', ')}`,
      allowed: 'before, after or both',
      hint: 'To run no commands, remove hooks.',
    },
  ];
}
