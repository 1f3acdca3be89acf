import { randomUUID } from 'node:crypto';
import { type Call, createApi } from '../api/api.ts';
import type { Calls } from '../api/calls.ts';
import type { FaultRegistry } from '../faults/fault-registry.ts';
import { parseJson } from '../http/body.ts';
import { gatewayError, jsonResponse } from '../http/responses.ts';
import type { Service } from '../http/server.ts';
import type { Credentials } from '../iam/auth/credentials.ts';
import type { Gateway } from '../iam/auth/gateway.ts';
import type { ObjectBackend } from '../obs/storage/backend.ts';
import { createRandom, hexId } from '../simulation/random.ts';
import { createScaledTimers } from '../simulation/scaled-timers.ts';
import type { Time } from '../simulation/time.ts';
import type { Timeline } from '../simulation/timeline.ts';
import { createApigService } from './apig/service.ts';
import type { FgDeps } from './deps.ts';
import { deliverMessage, type TopicMessage } from './firing/deliver-messages.ts';
import { deliverTrace, type TraceEvent } from './firing/deliver-traces.ts';
import { startTimer } from './firing/fire-timers.ts';
import { type AsyncQueue, createAsyncQueue } from './invocations/async-queue.ts';
import { createResultSender, type PublishInternally } from './invocations/send-result.ts';
import type { FgResponse } from './model/call.ts';
import { FssError } from './model/error.ts';
import { createFunctionStore } from './model/function-store.ts';
import { createTriggerStore } from './model/trigger-store.ts';
import type { Place } from './model/urn.ts';
import { type FgRoute, ROUTES } from './routes.ts';
import { createCodeFolders } from './runtime/code-folders.ts';
import { createCredentialCache } from './runtime/credential-cache.ts';
import { createFunctionLogs } from './runtime/function-logs.ts';
import { createPool } from './runtime/pool.ts';
import { instanceProgram } from './runtime/program.ts';
import { createRunEvent } from './runtime/run-event.ts';

export type FunctionGraph = {
  service: Service;
  /** The gateway in front of functions. */
  apig: Service;
  /** Sets the URL of APIG that triggers show. */
  setApigUrl(url: string): void;
  /** Delivers a trace of CTS to the functions that subscribe to it. */
  onTrace(trace: TraceEvent): void;
  /** Delivers a message of SMN to the functions that subscribe to its topic. */
  onMessage(message: TopicMessage): void;
  /** Returns what a function has printed, oldest line first. */
  logs(name: string): string[];
  /** Ends all instances and removes their code. */
  stop(): Promise<void>;
};

type Options = {
  place: Place;
  /** False: no function can be created, so no code runs. */
  isEnabled: boolean;
  seed: number;
  gateway: Gateway;
  agencyTrust: FgDeps['agencyTrust'];
  /** Issues credentials of an agency. */
  issueCredentials: () => Promise<Credentials>;
  hasTopic: FgDeps['hasTopic'];
  publish: PublishInternally;
  backend: ObjectBackend;
  timeline: Timeline;
  calls: Calls;
  faults: FaultRegistry;
  time: Time;
  /** The Node.js binary that runs functions. */
  node: string;
};

/** A zip of 50 MB is a third larger as Base64. */
const MAX_BODY = 80 * 1024 * 1024;

/** FunctionGraph: the management API, triggers, and the functions, each in processes of its own. */
export function createFunctionGraph(options: Options): FunctionGraph {
  const { place, calls, faults, time } = options;
  const random = createRandom(options.seed, 'functiongraph');
  const folders = createCodeFolders();
  const timers = createScaledTimers(time);
  const pool = createPool({
    node: options.node,
    program: instanceProgram(),
    place,
    folders,
    timers,
    clock: () => ({ machineAt: Date.now(), simulatedAt: time.simulated(), speed: time.speed() }),
    credentialsOf: createCredentialCache({ issue: options.issueCredentials, time }),
  });
  time.onSpeedChange(() => {
    timers.rearm();
    pool.setClock();
  });
  let apigUrl = `https://apig.${place.region}.myhuaweicloud.com`;
  const logs = createFunctionLogs();
  const functions = createFunctionStore(place);
  const runEvent = createRunEvent({ pool, logs, timers, ...time });
  const newRequestId = () => randomUUID();
  const submit: AsyncQueue['submit'] = (...event) => queue.submit(...event);
  const queue = createAsyncQueue({
    timeline: options.timeline,
    now: time.simulated,
    runEvent,
    exists: functions.exists,
    onResult: createResultSender({ ...options, functions, newRequestId, submit }),
  });
  const deps: FgDeps = {
    ...options,
    functions,
    triggers: createTriggerStore(),
    apigUrl: () => apigUrl,
    onChanged: pool.onChanged,
    onTriggerCreated(trigger) {
      if (trigger.type === 'TIMER') startTimer(deps, options.timeline, trigger);
    },
    runEvent,
    queue,
    logs,
    timers,
    newRequestId,
    random,
  };

  const service = createApi({
    service: 'functiongraph',
    routes: ROUTES,
    calls,
    faults,
    time,
    random,
    maxBody: MAX_BODY,
    run: (route, call) => runRoute(deps, route, call),
  });

  return {
    service,
    apig: createApigService(deps),
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

async function runRoute(deps: FgDeps, route: FgRoute, call: Call): Promise<Response> {
  const refusal = await deps.gateway.authenticate(call.request, call.body);
  if (refusal !== undefined) return refusal;
  const requestId = hexId(deps.random);
  if (call.params['project_id'] !== deps.place.projectId) {
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
    return jsonResponse(status, { error_code: code, error_msg: message }, requestId);
  }
}

function toResponse({ status, body, text, headers = {} }: FgResponse, requestId: string): Response {
  const response =
    body === undefined
      ? new Response(text ?? null, { status, headers: { 'x-request-id': requestId } })
      : jsonResponse(status, body, requestId);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
