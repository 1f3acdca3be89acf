import type { KeySource, IssuedKey, Keys, Principal } from './keys.ts';

/** Makes a temporary key known to the cloud. Rejects when the key source does not answer. */
export type IssueTemporary = (wish: {
  principal: Principal;
  projectId: string;
  lifetimeMs: number;
}) => Promise<IssuedKey>;

/** Makes keys itself, or takes those of the source: then one set holds for the cloud and for what stands beside it. */
export function createIssueTemporary(keys: Keys, source: KeySource | undefined): IssueTemporary {
  if (source === undefined) return async (wish) => keys.issue(wish);
  return async ({ lifetimeMs, ...owner }) => keys.adopt(await source(lifetimeMs), owner);
}
