import { type Call } from '../../api/api.ts';
import { parseJson } from '../../http/body.ts';
import { type Route } from '../../http/router.ts';
import { listJobs, showJob } from '../queries/list-jobs.ts';
import { listPhones, showPhone } from '../queries/list-phones.ts';
import { listServers, showServer } from '../queries/list-servers.ts';
import {
  runCommands,
  submitCommands,
  submitExports,
  submitPower,
  submitRestores,
} from '../submit/submit.ts';
import {
  changeServerTags,
  listProjectTags,
  listServerTags,
  listTaggedServers,
} from '../queries/server-tags.ts';
import type { World } from '../world/world.ts';

/** Reads, writes and commands that are run at once have separate rate limits. */
export type Kind = 'read' | 'write' | 'sync';

export type Operation = Route & {
  kind: Kind;
  isBatch?: true;
  /** Returns the body without its request_id, undefined for an empty body. Throws CphError. */
  run(world: World, call: Call, requestId: string): object | undefined;
};

const PHONES = '/v1/:project_id/cloud-phone/phones';
const SERVERS = '/v1/:project_id/cloud-phone/servers';
const JOBS = '/v1/:project_id/cloud-phone/jobs';
const TAGS = '/v1/:project_id/cph-server';

/** All calls of CPH. */
export const OPERATIONS: readonly Operation[] = [
  batch('batch-storage', (world, call, id) => submitExports(world, parseJson(call.body), id)),
  batch('batch-restore', (world, call, id) => submitRestores(world, parseJson(call.body), id)),
  batch('batch-restart', (world, call, id) =>
    submitPower(world, 'restart', parseJson(call.body), id),
  ),
  batch('batch-reset', (world, call, id) => submitPower(world, 'reset', parseJson(call.body), id)),
  batch('batch-stop', (world, call, id) => submitPower(world, 'stop', parseJson(call.body), id)),
  batch('commands', (world, call, id) => submitCommands(world, parseJson(call.body), id)),
  {
    ...batch('sync-commands', (world, call) => runCommands(world, parseJson(call.body))),
    kind: 'sync',
  },
  read('GET', PHONES, 'list-phones', (world, { query }) => listPhones(world, query)),
  read('GET', `${PHONES}/:phone_id`, 'show-phone', (world, { params }) =>
    showPhone(world, params.phone_id ?? ''),
  ),
  read('GET', SERVERS, 'list-servers', (world, { query }) => listServers(world, query)),
  read('GET', `${SERVERS}/:server_id`, 'show-server', (world, { params }) =>
    showServer(world, params.server_id ?? ''),
  ),
  read('GET', JOBS, 'list-jobs', (world, { query }) => listJobs(world, query)),
  read('GET', `${JOBS}/:job_id`, 'show-job', (world, { params }) =>
    showJob(world, params.job_id ?? ''),
  ),
  read('GET', `${TAGS}/tags`, 'tags', (world, { query }) => listProjectTags(world, query)),
  read('GET', `${TAGS}/:server_id/tags`, 'tags', (world, { params }) =>
    listServerTags(world, params.server_id ?? ''),
  ),
  read('POST', `${TAGS}/resource_instances/action`, 'tags', (world, { body }) =>
    listTaggedServers(world, parseJson(body)),
  ),
  {
    method: 'POST',
    path: `${TAGS}/:server_id/tags/action`,
    operation: 'tags',
    kind: 'write',
    run(world, { params, body }) {
      changeServerTags(world, params.server_id ?? '', parseJson(body));
      return undefined;
    },
  },
];

function batch(operation: string, run: Operation['run']): Operation {
  return {
    method: 'POST',
    path: `${PHONES}/${operation}`,
    operation,
    kind: 'write',
    isBatch: true,
    run,
  };
}

function read(method: string, path: string, operation: string, run: Operation['run']): Operation {
  return { method, path, operation, kind: 'read', run };
}
