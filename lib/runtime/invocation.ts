import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../clock.ts';
import { nodeSend, type Send } from '../cloud/send.ts';
import { obsStore } from '../ledger/obs-store.ts';
import type { RunDeps } from '../run/deps.ts';
import { type Clients, createClients } from './clients.ts';
import { credentialsOf, type FgContext, requestIdOf, timeLeft } from './context.ts';
import { createLog, type Log } from './log.ts';
import { readSettings, type Settings } from './settings.ts';

const FALLBACK_MS = 60_000;

/** What outlives an invocation: connections and clocks, nothing of anybody's credentials. */
export type Instance = { clock: Clock; random: Random; send: Send; write: (line: string) => void };

export type Invocation = {
  settings: Settings;
  clients: Clients;
  deps: RunDeps;
  log: Log;
  timeLeft(): number;
  /** Unique to this invocation: names its lease and what it writes. */
  holder: string;
};

/** The instance of a real function. */
export function realInstance(): Instance {
  return {
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(done, ms);
          function done(): void {
            clearTimeout(timer);
            signal?.removeEventListener('abort', done);
            resolve();
          }
          if (signal?.aborted === true) done();
          else signal?.addEventListener('abort', done);
        }),
    },
    random: Math.random,
    send: nodeSend(),
    write: (line) => void process.stdout.write(`${line}\n`),
  };
}

/**
 * Builds one invocation's dependencies from FunctionGraph's context, its credentials included. Throws
 * `setting_invalid` naming every setting that is wrong.
 */
export function startInvocation(
  context: FgContext,
  instance: Instance,
  options: { needsTopic: boolean },
): Invocation {
  const { clock, random, send } = instance;
  const settings = readSettings(context, options);
  const log = createLog(instance.write, clock, { request: requestIdOf(context) });
  const credentials = credentialsOf(context);
  const clients = createClients({ settings, credentials, clock, random, send, log });
  const { bucket, prefix } = settings;
  return {
    settings,
    clients,
    log,
    timeLeft: timeLeft(context, clock, FALLBACK_MS),
    holder: randomBytes(6).toString('hex'),
    deps: {
      clock,
      random,
      log,
      store: obsStore(clients.obs, bucket, prefix),
      cph: clients.cph,
      archives: clients.obs,
      topic: clients.smn,
      topicUrn: settings.topicUrn ?? '',
      ledger: { bucket, prefix },
    },
  };
}
