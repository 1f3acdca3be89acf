import pLimit from 'p-limit';
import { layout, readPolicyKey } from '../../../lib/ledger/store/layout.ts';
import { getObject, ifReadable } from '../../../lib/ledger/store/object-error.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import type { Policy } from '../../../lib/policy/schema/schema.ts';

const READS_AT_ONCE = 8;

/** Returns the valid policies, as far as their files can be read. */
export async function validPolicies(
  store: Pick<Store, 'list' | 'get'>,
  ledger: { bucket: string; prefix: string },
): Promise<Policy[]> {
  const limit = pLimit(READS_AT_ONCE);
  const files = await store.list(layout.policies);
  const policies = await Promise.all(
    files.map(({ key }) =>
      limit(async () => {
        const name = readPolicyKey(key);
        const object = name === undefined ? undefined : await ifReadable(getObject(store, key));
        if (object === undefined) return undefined;
        const parsed = parsePolicy(object.body, { fileName: `${name}.yaml`, ledger });
        return parsed.ok ? parsed.policy : undefined;
      }),
    ),
  );
  return policies.filter((policy) => policy !== undefined);
}

/** Returns the names of the buckets that policies export to. */
export function archiveBuckets(policies: readonly Policy[]): string[] {
  return [...new Set(policies.map((policy) => policy.export.bucket))].sort();
}
