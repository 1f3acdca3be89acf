import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { fss } from '../model/error.ts';
import { readCode } from '../config/read-code.ts';
import { describeCode } from './describe-function.ts';

/** PUT /functions/{urn}/code: the head's code. The same code again is FSS.0409. */
export async function updateFunctionCode(
  deps: FgDeps,
  { params, body }: FgCall,
): Promise<FgAnswer> {
  const { record, version } = deps.functions.find(params['urn'] ?? '');
  if (version !== record.head) throw fss('FSS.1015');
  const code = await readCode(body, deps.backend);
  if (code.digest === version.code.digest) throw fss('FSS.0409', 'the code is the same');
  record.head.code = code;
  record.head.lastModified = deps.time.now();
  deps.onChanged(record.id);
  return { status: 200, body: describeCode(record, version, deps.place) };
}
