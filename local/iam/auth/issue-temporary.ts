import type { KeySource, IssuedKey, Keys, Principal } from './keys.ts';

/** Issues a temporary key. Rejects if the key source fails. */
export type IssueTemporary = (request: {
  principal: Principal;
  projectId: string;
  lifetimeMs: number;
}) => Promise<IssuedKey>;

/** Issues own keys, or registers those of an external source, which are then valid here and there. */
export function createIssueTemporary(keys: Keys, source: KeySource | undefined): IssueTemporary {
  if (source === undefined) return async (request) => keys.issue(request);
  return async ({ lifetimeMs, ...owner }) => keys.register(await source(lifetimeMs), owner);
}
