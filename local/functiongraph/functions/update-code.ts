import { readCode } from '../config/read-code.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import { fss } from '../model/error.ts';
import type { FunctionDeps } from './deps.ts';
import { describeCode } from './describe-function.ts';

/** PUT /functions/{urn}/code. Uploading the same code again is FSS.0409. */
export async function updateFunctionCode(
  deps: FunctionDeps,
  { params, body }: FgCall,
): Promise<FgResponse> {
  const record = deps.functions.find(params['urn'] ?? '');
  const code = await readCode(body, deps.backend);
  if (code.digest === record.code.digest) throw fss('FSS.0409', 'the code is the same');
  record.code = code;
  record.lastModified = deps.time.now();
  deps.onChanged(record);
  return { status: 200, body: describeCode(record, deps.place) };
}
