import type { Route } from '../http/router.ts';
import {
  deleteFunctionAsyncInvokeConfig,
  listFunctionAsyncInvokeConfig,
  showFunctionAsyncInvokeConfig,
  updateFunctionAsyncInvokeConfig,
} from './invocations/async-config.ts';
import { cancelAsyncInvocation, listAsyncInvocations } from './invocations/look.ts';
import type { FgAnswer, FgCall, FgDeps } from './deps.ts';
import {
  createVersionAlias,
  deleteVersionAlias,
  listVersionAliases,
  showVersionAlias,
  updateVersionAlias,
} from './functions/aliases.ts';
import { createFunction } from './functions/create-function.ts';
import { asyncInvokeFunction, invokeFunction } from './invocations/invoke.ts';
import { deleteFunction } from './functions/delete-function.ts';
import { listFunctions } from './functions/list-functions.ts';
import { enableLtsLogs, showLtsLogDetails } from './functions/log-group.ts';
import { listLogs } from './functions/list-logs.ts';
import { listQuotas } from './functions/quotas.ts';
import { showFunctionCode, showFunctionConfig } from './functions/show-function.ts';
import { createTags, deleteTags, listFunctionTags } from './functions/tags.ts';
import { updateFunctionCode } from './functions/update-code.ts';
import {
  updateFunctionConfig,
  updateFunctionMaxInstanceConfig,
} from './functions/update-config.ts';
import { createFunctionVersion, listFunctionVersions } from './functions/versions.ts';
import { createFunctionTrigger } from './triggers/create-trigger.ts';
import {
  batchDeleteFunctionTriggers,
  deleteFunctionTrigger,
  listFunctionTriggers,
  showFunctionTrigger,
  updateTrigger,
} from './triggers/change-trigger.ts';

export type FgRoute = Route & { run(deps: FgDeps, call: FgCall): FgAnswer | Promise<FgAnswer> };

const FGS = '/v2/:project_id/fgs';
const FUNCTION = `${FGS}/functions/:urn`;
const TRIGGERS = `${FGS}/triggers/:urn`;
// Of LTS, another service: it answers here, for there is nothing else of it.
const LTS = '/v2/:project_id/groups/:group/streams/:stream/content/query';
const TAGS = '/v2/:project_id/functions/:id/tags';

/** The management API; operations are named as the SDK names its methods. */
export const ROUTES: readonly FgRoute[] = [
  route('POST', `${FGS}/functions`, 'createFunction', createFunction),
  route('GET', `${FGS}/functions`, 'listFunctions', listFunctions),
  route('POST', `${FGS}/functions/enable-lts-logs`, 'enableLtsLogs', enableLtsLogs),
  route('GET', `${FUNCTION}/config`, 'showFunctionConfig', showFunctionConfig),
  route('PUT', `${FUNCTION}/config`, 'updateFunctionConfig', updateFunctionConfig),
  route('GET', `${FUNCTION}/code`, 'showFunctionCode', showFunctionCode),
  route('PUT', `${FUNCTION}/code`, 'updateFunctionCode', updateFunctionCode),
  route(
    'PUT',
    `${FUNCTION}/config-max-instance`,
    'updateFunctionMaxInstanceConfig',
    updateFunctionMaxInstanceConfig,
  ),
  route('DELETE', FUNCTION, 'deleteFunction', deleteFunction),
  route(
    'PUT',
    `${FUNCTION}/async-invoke-config`,
    'updateFunctionAsyncInvokeConfig',
    updateFunctionAsyncInvokeConfig,
  ),
  route(
    'GET',
    `${FUNCTION}/async-invoke-config`,
    'showFunctionAsyncInvokeConfig',
    showFunctionAsyncInvokeConfig,
  ),
  route(
    'DELETE',
    `${FUNCTION}/async-invoke-config`,
    'deleteFunctionAsyncInvokeConfig',
    deleteFunctionAsyncInvokeConfig,
  ),
  route(
    'GET',
    `${FUNCTION}/async-invoke-configs`,
    'listFunctionAsyncInvokeConfig',
    listFunctionAsyncInvokeConfig,
  ),
  route('GET', `${FUNCTION}/lts-log-detail`, 'showLtsLogDetails', showLtsLogDetails),
  route('POST', `${FUNCTION}/versions`, 'createFunctionVersion', createFunctionVersion),
  route('GET', `${FUNCTION}/versions`, 'listFunctionVersions', listFunctionVersions),
  route('POST', `${FUNCTION}/aliases`, 'createVersionAlias', createVersionAlias),
  route('GET', `${FUNCTION}/aliases`, 'listVersionAliases', listVersionAliases),
  route('GET', `${FUNCTION}/aliases/:alias`, 'showVersionAlias', showVersionAlias),
  route('PUT', `${FUNCTION}/aliases/:alias`, 'updateVersionAlias', updateVersionAlias),
  route('DELETE', `${FUNCTION}/aliases/:alias`, 'deleteVersionAlias', deleteVersionAlias),
  route('POST', TRIGGERS, 'createFunctionTrigger', createFunctionTrigger),
  route('GET', TRIGGERS, 'listFunctionTriggers', listFunctionTriggers),
  route('DELETE', TRIGGERS, 'batchDeleteFunctionTriggers', batchDeleteFunctionTriggers),
  route('GET', `${TRIGGERS}/:type/:id`, 'showFunctionTrigger', showFunctionTrigger),
  route('PUT', `${TRIGGERS}/:type/:id`, 'updateTrigger', updateTrigger),
  route('DELETE', `${TRIGGERS}/:type/:id`, 'deleteFunctionTrigger', deleteFunctionTrigger),
  route('POST', `${TAGS}/create`, 'createTags', createTags),
  route('DELETE', `${TAGS}/delete`, 'deleteTags', deleteTags),
  route('GET', TAGS, 'listFunctionTags', listFunctionTags),
  route('POST', `${FUNCTION}/invocations`, 'invokeFunction', invokeFunction),
  route('POST', `${FUNCTION}/invocations-async`, 'asyncInvokeFunction', asyncInvokeFunction),
  route('GET', `${FUNCTION}/async-invocations`, 'listAsyncInvocations', listAsyncInvocations),
  route('POST', `${FUNCTION}/cancel`, 'cancelAsyncInvocation', cancelAsyncInvocation),
  route('POST', LTS, 'listLogs', listLogs),
  route('GET', `${FGS}/quotas`, 'listQuotas', listQuotas),
];

function route(method: string, path: string, operation: string, run: FgRoute['run']): FgRoute {
  return { method, path, operation, run };
}
