import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { FunctionDeps } from './deps.ts';

const PARTS_WITHOUT_VERSION = 7;

/** DELETE /functions/{urn}: the function and its triggers. Refuses a URN with a version: `latest` cannot be deleted. */
export function deleteFunction(deps: FunctionDeps, { params }: FgCall): FgResponse {
  const urn = params['urn'] ?? '';
  const record = deps.functions.find(urn);
  if (urn.split(':').length > PARTS_WITHOUT_VERSION) throw fss('FSS.1015');
  for (const trigger of deps.triggers.of(record)) deps.triggers.remove(trigger);
  deps.functions.remove(record);
  deps.onChanged(record);
  return { status: 204 };
}
