import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { describeCode, describeFunction } from './describe-function.ts';

/** GET /functions/{urn}/config. */
export function showFunctionConfig({ functions, place }: FgDeps, { params }: FgCall): FgAnswer {
  const { record, version } = functions.find(params['urn'] ?? '');
  return { status: 200, body: describeFunction(record, version, place) };
}

/** GET /functions/{urn}/code: inline code as Base64, of a zip its digest and size. */
export function showFunctionCode({ functions, place }: FgDeps, { params }: FgCall): FgAnswer {
  const { record, version } = functions.find(params['urn'] ?? '');
  return { status: 200, body: describeCode(record, version, place) };
}
