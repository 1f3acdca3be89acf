import { fss } from '../model/error.ts';
import type { FunctionConfig } from '../model/function.ts';
import type { FunctionDeps } from './deps.ts';

/** Both agencies must exist and trust FunctionGraph. Throws FSS.1121, FSS.1122. */
export function checkAgencies(
  { agencyTrust }: Pick<FunctionDeps, 'agencyTrust'>,
  { xrole, app_xrole }: Pick<FunctionConfig, 'xrole' | 'app_xrole'>,
): void {
  for (const name of [xrole, app_xrole]) {
    if (name === '') continue;
    const trust = agencyTrust(name);
    if (trust === undefined) throw fss('FSS.1121', `there is no agency ${name}`);
    if (trust === 'other') throw fss('FSS.1122', `the agency ${name} does not trust op_svc_cff`);
  }
}
