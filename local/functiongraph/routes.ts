import type { Route } from '../http/router.ts';
import type { FgDeps } from './deps.ts';
import { createFunction } from './functions/create-function.ts';
import { deleteFunction } from './functions/delete-function.ts';
import { listFunctions } from './functions/list-functions.ts';
import { listLogs } from './functions/list-logs.ts';
import { showLtsLogDetails } from './functions/log-group.ts';
import { showFunctionConfig } from './functions/show-function.ts';
import { updateFunctionCode } from './functions/update-code.ts';
import {
  updateFunctionConfig,
  updateFunctionMaxInstanceConfig,
} from './functions/update-config.ts';
import {
  deleteFunctionAsyncInvokeConfig,
  showFunctionAsyncInvokeConfig,
  updateFunctionAsyncInvokeConfig,
} from './invocations/async-config.ts';
import { asyncInvokeFunction, invokeFunction } from './invocations/invoke.ts';
import type { FgCall, FgResponse } from './model/call.ts';
import {
  deleteFunctionTrigger,
  listFunctionTriggers,
  updateTrigger,
} from './triggers/change-trigger.ts';
import { createFunctionTrigger } from './triggers/create-trigger.ts';

type Run = (deps: FgDeps, call: FgCall) => FgResponse | Promise<FgResponse>;
export type FgRoute = Route & { run: Run };

const FGS = '/v2/:project_id/fgs';
const FUNCTIONS = `${FGS}/functions`;
const FUNCTION = `${FUNCTIONS}/:urn`;
const ASYNC_CONFIG = `${FUNCTION}/async-invoke-config`;
const TRIGGERS = `${FGS}/triggers/:urn`;
const TRIGGER = `${TRIGGERS}/:type/:id`;
// A call of LTS; the embedded cloud has no other of that service.
const LTS = '/v2/:project_id/groups/:group/streams/:stream/content/query';

/** By operation, named like the SDK's method: HTTP method, path, handler. */
const OPERATIONS: Record<string, [method: string, path: string, run: Run]> = {
  createFunction: ['POST', FUNCTIONS, createFunction],
  listFunctions: ['GET', FUNCTIONS, listFunctions],
  showFunctionConfig: ['GET', `${FUNCTION}/config`, showFunctionConfig],
  updateFunctionConfig: ['PUT', `${FUNCTION}/config`, updateFunctionConfig],
  updateFunctionCode: ['PUT', `${FUNCTION}/code`, updateFunctionCode],
  updateFunctionMaxInstanceConfig: [
    'PUT',
    `${FUNCTION}/config-max-instance`,
    updateFunctionMaxInstanceConfig,
  ],
  deleteFunction: ['DELETE', FUNCTION, deleteFunction],
  updateFunctionAsyncInvokeConfig: ['PUT', ASYNC_CONFIG, updateFunctionAsyncInvokeConfig],
  showFunctionAsyncInvokeConfig: ['GET', ASYNC_CONFIG, showFunctionAsyncInvokeConfig],
  deleteFunctionAsyncInvokeConfig: ['DELETE', ASYNC_CONFIG, deleteFunctionAsyncInvokeConfig],
  showLtsLogDetails: ['GET', `${FUNCTION}/lts-log-detail`, showLtsLogDetails],
  createFunctionTrigger: ['POST', TRIGGERS, createFunctionTrigger],
  listFunctionTriggers: ['GET', TRIGGERS, listFunctionTriggers],
  updateTrigger: ['PUT', TRIGGER, updateTrigger],
  deleteFunctionTrigger: ['DELETE', TRIGGER, deleteFunctionTrigger],
  invokeFunction: ['POST', `${FUNCTION}/invocations`, invokeFunction],
  asyncInvokeFunction: ['POST', `${FUNCTION}/invocations-async`, asyncInvokeFunction],
  listLogs: ['POST', LTS, listLogs],
};

/** The management API. */
export const ROUTES: readonly FgRoute[] = Object.entries(OPERATIONS).map(
  ([operation, [method, path, run]]) => ({ method, path, operation, run }),
);
