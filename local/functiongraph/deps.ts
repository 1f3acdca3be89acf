import type { ApigDeps } from './apig/service.ts';
import type { FunctionDeps } from './functions/deps.ts';
import type { InvocationDeps } from './invocations/deps.ts';
import type { TriggerDeps } from './triggers/deps.ts';

/** What all calls of the management API and the gateway need. */
export type FgDeps = FunctionDeps & TriggerDeps & InvocationDeps & ApigDeps;
