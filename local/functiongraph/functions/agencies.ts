import type { FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import type { FunctionConfig } from '../model/function.ts';

/** Both agencies must exist and trust FunctionGraph. Throws FSS.1121, FSS.1122. */
export function checkAgencies(
  { agency }: Pick<FgDeps, 'agency'>,
  { xrole, app_xrole }: Pick<FunctionConfig, 'xrole' | 'app_xrole'>,
): void {
  for (const name of [xrole, app_xrole]) {
    if (name === '') continue;
    const found = agency(name);
    if (found === undefined) throw fss('FSS.1121', `there is no agency ${name}`);
    if (found === 'other') throw fss('FSS.1122', `the agency ${name} does not trust op_svc_cff`);
  }
}
