import { createAuthenticator } from '../cloud/request/auth.ts';
import { type Credentials } from '../cloud/request/credentials.ts';
import { type Cph, createCph } from '../cloud/cph/cph.ts';
import { createFunctionGraph, type FunctionGraph } from '../cloud/functiongraph.ts';
import { createObs, type Obs } from '../cloud/obs/obs.ts';
import type { CallRecord } from '../cloud/request/request.ts';
import type { Send } from '../cloud/request/send.ts';
import { createSmn, type Smn } from '../cloud/smn.ts';
import type { Clock, Random } from '../clock.ts';
import type { Meter } from '../run/meter.ts';
import { createReadBudget, type ReadBudget } from '../run/reads/read-budget.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

export type Clients = {
  cph: Cph;
  /** The reads of `cph`. */
  reads: ReadBudget;
  obs: Obs;
  smn: Smn;
  functiongraph: FunctionGraph;
};

/**
 * Returns the services' clients for one invocation, all with its credentials. Each authenticates on its own, because a topic
 * may accept credentials that CPH refuses. Failed calls are logged.
 */
export function createClients(options: {
  settings: Settings;
  credentials: Credentials;
  /** Gets new credentials after a refused token. A function cannot do that. */
  renew?: (() => Promise<Credentials>) | undefined;
  clock: Clock;
  random: Random;
  send: Send;
  log: Log;
  meter: Meter;
  signal?: AbortSignal | undefined;
  timeLeft?: (() => number) | undefined;
}): Clients {
  const { settings, credentials, renew, clock, random, send, log, meter, signal, timeLeft } =
    options;
  const { endpoints, projectId, region, obsPathStyle: pathStyle } = settings;
  const onCall = (call: CallRecord) => {
    meter.call(call);
    if (call.outcome === 'ok' || call.outcome === 'not_found' || call.outcome === 'conflict')
      return;
    const { outcome: code, ...rest } = call;
    log.warn('call_failed', { run: meter.runId(), ...rest, code });
  };
  const onThrottled = (ms: number) => meter.throttled(ms);
  const common = { send, clock, random, signal, onCall, onThrottled };
  const onTokenRefused = () =>
    log.warn('token_refused', { reason: 'requests are signed from here on' });
  const caller = () => ({
    ...common,
    authenticate: createAuthenticator({
      credentials,
      projectId,
      clock,
      onTokenRefused,
      ...(renew === undefined ? {} : { renew }),
    }),
    projectId,
  });
  const reads = createReadBudget({ clock, log });
  return {
    cph: createCph({ ...caller(), endpoint: endpoints.cph, reads }),
    reads,
    smn: createSmn({ ...caller(), endpoint: endpoints.smn }),
    functiongraph: createFunctionGraph({ ...caller(), endpoint: endpoints.functiongraph }),
    obs: createObs({
      ...{ ...common, timeLeft },
      credentials: () => credentials,
      region,
      endpoint: endpoints.obs,
      pathStyle,
    }),
  };
}
