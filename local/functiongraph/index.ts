import { randomUUID } from 'node:crypto';
import { gatewayError, jsonAnswer } from '../answer.ts';
import { type Call, createApi, parseJson } from '../api.ts';
import type { Timeline } from '../cph/timeline.ts';
import type { FaultBook } from '../faults.ts';
import type { Credentials } from '../iam/credentials.ts';
import type { Gateway } from '../iam/gateway.ts';
import { createRandom, hexId } from '../random.ts';
import type { Calls, ObjectBackend, Service, Time } from '../types.ts';
import { createApigService } from './apig/service.ts';
import { createNotifier, type PublishInside } from './async/notify.ts';
import { createAsyncQueue } from './async/queue.ts';
import { createCredentialCache } from './credential-cache.ts';
import type { FgAnswer, FgDeps } from './deps.ts';
import { FssError } from './error.ts';
import type { Place } from './functions/describe.ts';
import { createFunctionStore } from './functions/store.ts';
import { type FgRoute, ROUTES } from './routes.ts';
import { createCodeFolders } from './runtime/code-folders.ts';
import { createFunctionLogs } from './runtime/logs.ts';
import { createPool } from './runtime/pool.ts';
import { instanceProgram } from './runtime/program.ts';
import { createRun } from './runtime/run.ts';
import { createScaledTimers } from './runtime/scaled-timers.ts';
import { deliverMessage, type TopicMessage } from './triggers/deliver-messages.ts';
import { deliverTrace, type TraceEvent } from './triggers/deliver-traces.ts';
import { createTimers } from './triggers/fire-timers.ts';
import { createTriggerStore } from './triggers/store.ts';

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
