import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';

/**
 * DELETE /functions/{urn}: the whole function and its triggers, or with a version in the URN that one. `latest` is not a
 * version that can be deleted.
 */
export function deleteFunction(deps: FgDeps, { params }: FgCall): FgAnswer {
  const urn = params['urn'] ?? '';
  const { record, version } = deps.functions.find(urn);
  if (urn.split(':').length > 7) {
    if (version === record.head) throw fss('FSS.1015');
    const aliased = [...record.aliases.values()].some((alias) => alias.version === version.version);
    if (aliased) throw fss('FSS.1015', 'an alias names it');
    record.versions = record.versions.filter((other) => other !== version);
    deps.triggers.removeAll(record, version.version);
  } else {
    deps.triggers.removeAll(record);
    deps.functions.remove(record);
  }
  deps.onChanged(record.id);
  return { status: 204 };
}
