import { randomUUID } from 'node:crypto';
import { gatewayError, jsonAnswer } from '../http/responses.ts';
import { type Call, createApi } from '../api/api.ts';
import { parseJson } from '../http/body.ts';
import type { Timeline } from '../simulation/timeline.ts';
import type { FaultBook } from '../faults/fault-book.ts';
import type { Credentials } from '../iam/auth/credentials.ts';
import type { Gateway } from '../iam/auth/gateway.ts';
import { createRandom, hexId } from '../simulation/random.ts';
import type { Calls } from '../api/calls.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import type { Service } from '../http/server.ts';
import type { Time } from '../simulation/time.ts';
import { createApigService } from './apig/service.ts';
import { createNotifier, type PublishInside } from './invocations/send-result.ts';
import { createAsyncQueue } from './invocations/async-queue.ts';
import { createCredentialCache } from './runtime/credential-cache.ts';
import type { FgAnswer, FgDeps } from './deps.ts';
import { FssError } from './model/error.ts';
import type { Place } from './model/urn.ts';
import { createFunctionStore } from './model/function-store.ts';
import { type FgRoute, ROUTES } from './routes.ts';
import { createCodeFolders } from './runtime/code-folders.ts';
import { createFunctionLogs } from './runtime/function-logs.ts';
import { createPool } from './runtime/pool.ts';
import { instanceProgram } from './runtime/program.ts';
import { createRun } from './runtime/run-event.ts';
import { createScaledTimers } from '../simulation/scaled-timers.ts';
import { deliverMessage, type TopicMessage } from './firing/deliver-messages.ts';
import { deliverTrace, type TraceEvent } from './firing/deliver-traces.ts';
import { createTimers } from './firing/fire-timers.ts';
import { createTriggerStore } from './model/trigger-store.ts';

export type FunctionGraph = {
  service: Service;
  /** The gateway in front of functions. */
  apig: Service;
  /** Where callers reach it, for the addresses that triggers show. */
  setApigUrl(url: string): void;
  /** What CTS and SMN bring. */
  onTrace(trace: TraceEvent): void;
  onMessage(message: TopicMessage): void;
  /** What a function of the group `default` has printed, oldest first. */
  logs(name: string): string[];
  /** Ends all instances and removes their code. */
  stop(): Promise<void>;
};

/** A zip of 50 MB is a third longer as Base64. */
const MAX_BODY = 80 * 1024 * 1024;

/** FunctionGraph: its management API, its triggers, and the functions themselves, each in processes of its own. */
export function createFunctionGraph(options: {
  place: Place;
  seed: number;
  gateway: Gateway;
  agency: FgDeps['agency'];
  /** New credentials of an agency. */
  issue: () => Promise<Credentials>;
  hasTopic: FgDeps['hasTopic'];
  publish: PublishInside;
  backend: ObjectBackend;
  timeline: Timeline;
  calls: Calls;
  faults: FaultBook;
  time: Time;
  /** The Node.js that runs functions. */
  node: string;
}): FunctionGraph {
  const { place, gateway, backend, timeline, calls, faults, time } = options;
  const random = createRandom(options.seed, 'functiongraph');
  let apigUrl = `https://apig.${place.region}.myhuaweicloud.com`;
  const functions = createFunctionStore(place);
  const logs = createFunctionLogs();
  const timers = createScaledTimers(time);
  const folders = createCodeFolders();
  const clock = () => ({ machineAt: Date.now(), modelAt: time.model(), speed: time.speed() });
  const credentialsOf = createCredentialCache(options);
  const pool = createPool({
    node: options.node,
    program: instanceProgram(),
    place,
    folders,
    timers,
    clock,
    credentialsOf,
  });
  const run = createRun({ pool, logs, timers, now: time.now, model: time.model });
  const all = () => deps;
  const queue = createAsyncQueue({
    timeline,
    model: time.model,
    now: time.now,
    run,
    isThere: (record) => functions.list().includes(record),
    onSettled: createNotifier(all, options.publish),
  });
  const startTimer = createTimers(all, timeline);
  const deps: FgDeps = {
    place,
    functions,
    triggers: createTriggerStore(),
    backend,
    agency: options.agency,
    hasTopic: options.hasTopic,
    apigUrl: () => apigUrl,
    onChanged: pool.drop,
    onTrigger: (trigger) => void (trigger.type === 'TIMER' && startTimer(trigger)),
    run,
    queue,
    logs,
    timers,
    newRequestId: () => randomUUID(),
    time,
    random,
  };
  time.onSpeed(() => {
    timers.rearm();
    pool.setClock();
  });

  const runRoute = async (route: FgRoute, call: Call): Promise<Response> => {
    const refusal = await gateway.authenticate(call.request, call.body);
    if (refusal !== undefined) return refusal;
    const requestId = hexId(random);
    if (call.params['project_id'] !== place.projectId) {
      return gatewayError(403, 'APIGW.0302', 'The caller may not use this project.', requestId);
    }
    const { params, query, body: raw } = call;
    const { headers } = call.request;
    try {
      const body = parseJson(raw);
      return toResponse(await route.run(deps, { params, query, body, raw, headers }), requestId);
    } catch (error) {
      if (!(error instanceof FssError)) throw error;
      const { status, code, message } = error;
      return jsonAnswer(status, { error_code: code, error_msg: message }, requestId);
    }
  };

  return {
    service: createApi({
      service: 'functiongraph',
      routes: ROUTES,
      calls,
      faults,
      time,
      random,
      maxBody: MAX_BODY,
      run: runRoute,
    }),
    apig: createApigService(deps, gateway),
    setApigUrl: (url) => void (apigUrl = url),
    onTrace: (trace) => deliverTrace(deps, trace),
    onMessage: (message) => deliverMessage(deps, message),
    logs: (name) =>
      functions
        .list()
        .filter((record) => record.name === name)
        .flatMap((record) => logs.list(record.id).map(({ text }) => text)),
    async stop() {
      await pool.end();
      await folders.remove();
    },
  };
}

function toResponse({ status, body, text, headers = {} }: FgAnswer, requestId: string): Response {
  const made =
    body === undefined
      ? new Response(text ?? null, { status, headers: { 'x-request-id': requestId } })
      : jsonAnswer(status, body, requestId);
  for (const [name, value] of Object.entries(headers)) made.headers.set(name, value);
  return made;
}
