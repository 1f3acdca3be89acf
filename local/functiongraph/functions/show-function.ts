import type { FgCall, FgResponse } from '../model/call.ts';
import type { FunctionDeps } from './deps.ts';
import { describeFunction } from './describe-function.ts';

/** GET /functions/{urn}/config. */
export function showFunctionConfig(
  { functions, place }: FunctionDeps,
  { params }: FgCall,
): FgResponse {
  return { status: 200, body: describeFunction(functions.find(params['urn'] ?? ''), place) };
}
