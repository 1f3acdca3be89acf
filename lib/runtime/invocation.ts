import type { Clock, Random } from '../clock.ts';
import { nodeSend, type Send } from '../cloud/request/send.ts';
import { createMeter } from '../run/meter.ts';
import { type Clients, createClients } from './clients.ts';
import { credentialsOf, type FgContext, requestIdOf, timeLeft } from './context.ts';
import { createLog, type Log } from './log.ts';
import { realClock } from './real-clock.ts';
import { readSettings, type Settings } from './settings.ts';
import { type WorkDeps, workDeps } from './work-deps.ts';

const FALLBACK_MS = 60_000;

/** What outlives an invocation: connections and clocks, but no credentials. */
export type Instance = { clock: Clock; random: Random; send: Send; write: (line: string) => void };

export type Invocation = WorkDeps & {
  settings: Settings;
  clients: Clients;
  log: Log;
  timeLeft(): number;
};

/** Returns the instance of a real function. */
export function realInstance(): Instance {
  return {
    clock: realClock,
    random: Math.random,
    send: nodeSend(),
    write: (line) => void process.stdout.write(`${line}\n`),
  };
}

/** Returns the log of one invocation: each line has its request id. */
export function invocationLog(
  context: FgContext,
  { write, clock }: Pick<Instance, 'write' | 'clock'>,
): Log {
  return createLog(write, clock, { request: requestIdOf(context) });
}

/**
 * Returns one invocation's dependencies, with the credentials in FunctionGraph's context. Throws `setting_invalid` with every
 * invalid setting.
 */
export function startInvocation(
  context: FgContext,
  instance: Instance,
  options: { needsTopic: boolean },
): Invocation {
  const { clock, random, send } = instance;
  const settings = readSettings(context, options);
  const log = invocationLog(context, instance);
  const meter = createMeter(clock);
  const credentials = credentialsOf(context);
  const left = timeLeft(context, clock, FALLBACK_MS);
  const own = { settings, credentials, clock, random, send, log, meter };
  const clients = createClients({ ...own, timeLeft: left });
  return {
    settings,
    clients,
    log,
    timeLeft: left,
    ...workDeps(settings, clients, { clock, random, log, meter }),
  };
}
