import type { HookTerms } from '../../../ledger/run/plan.ts';

export type Hook = 'before' | 'after';

/** Returns the names of the commands of a hook in the log, in order: `before 1`. */
export function namesOf(hook: Hook, hooks: HookTerms): string[] {
  return hooks[hook].map((_, index) => `${hook} ${index + 1}`);
}

/** Returns the shell command of a name; undefined for a name of no hook. */
export function hookContent(name: string, hooks: HookTerms | undefined): string | undefined {
  const [, hook, number] = /^(before|after) (\d+)$/.exec(name) ?? [];
  return hook === undefined ? undefined : hooks?.[hook as Hook][Number(number) - 1];
}
