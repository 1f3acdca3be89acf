import { hasCode, PhonevaultError } from '../../lib/errors.ts';
import { layout, readPolicyKey } from '../../lib/ledger/store/layout.ts';
import { getObject } from '../../lib/ledger/store/object-error.ts';
import { nearest } from '../../lib/policy/parse/nearest.ts';
import type { RunDeps } from '../../lib/run/deps.ts';

type Deps = Pick<RunDeps, 'store' | 'ledger'>;

/** Returns what to do while the bucket holds no policies. */
export function noPoliciesText({ bucket, prefix }: RunDeps['ledger']): string {
  return `no policies yet; upload one to obs://${bucket}/${prefix}${layout.policy('<name>')}`;
}

/** Returns the text of a policy's file in the bucket. Throws ObjectError, and `policy_not_found` with the most similar name as a hint. */
export async function readPolicyText(deps: Deps, name: string): Promise<string> {
  const object = await getObject(deps.store, layout.policy(name));
  if (object === undefined) throw await noSuchPolicy(deps, name);
  return object.body;
}

/** Returns the error for a policy that is not in the bucket. */
export async function noSuchPolicy(deps: Deps, name: string): Promise<PhonevaultError> {
  const names = (await deps.store.list(layout.policies)).flatMap(
    ({ key }) => readPolicyKey(key) ?? [],
  );
  const meant = nearest(name, names);
  const hint =
    names.length === 0
      ? noPoliciesText(deps.ledger)
      : meant === undefined
        ? '`phonevault status` lists the policies'
        : `did you mean ${meant}?`;
  return new PhonevaultError('policy_not_found', `policy ${name} does not exist`, { hint });
}

/** For `catch`: throws, in place of `policy_not_found`, the error that names the most similar policy. */
export function orNoSuchPolicy(deps: Deps, name: string): (error: unknown) => Promise<never> {
  return async (error) => {
    throw hasCode(error, 'policy_not_found') ? await noSuchPolicy(deps, name) : error;
  };
}
