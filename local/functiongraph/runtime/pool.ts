import type { ScaledTimers } from '../../simulation/scaled-timers.ts';
import { isNodeRuntime } from '../config/runtimes.ts';
import { fss } from '../model/error.ts';
import type { FunctionConfig, FunctionRecord } from '../model/function.ts';
import type { Place } from '../model/urn.ts';
import type { CodeFolders } from './code-folders.ts';
import { environmentOf } from './environment.ts';
import {
  type ClockAnchor,
  type ContextData,
  type Failure,
  type Instance,
  startInstance,
} from './instance.ts';

type Credentials = ContextData['credentials'];

/** An instance reserved for one event. */
export type Reserved = {
  instance: Instance;
  /** True if it was started for this event. */
  isCold: boolean;
  /** Returns the data of the handler's context. */
  contextData(requestId: string, timeoutMs: number): Promise<ContextData>;
  /** Returns it to the pool; a broken one is ended. */
  release(isBroken: boolean): void;
};

type Member = {
  record: FunctionRecord;
  config: FunctionConfig;
  instance: Instance | undefined;
  isBusy: boolean;
  /** Its function has changed. */
  isStale: boolean;
  cancelIdleTimer: () => void;
};

export type Pool = {
  /** Returns an idle instance or a new one; undefined if the function's limit is reached. Throws FSS.0500. */
  reserve(record: FunctionRecord): Promise<Reserved | Failure | undefined>;
  /** Call when a function has changed: ends its idle instances now, the others after their event. */
  onChanged(record: FunctionRecord): void;
  setClock(): void;
  /** Ends all instances and waits until they are gone. */
  end(): Promise<void>;
};

// Instances of all functions together; a real account can ask for more.
const MAX_ACCOUNT_INSTANCES = 100;
const IDLE_MS = 120_000;
const LOAD_TIMEOUT_MS = 60_000;
const CPU = '300';

/** The instances of all functions. Each serves one event at a time and is kept for two minutes after it. */
export function createPool(options: {
  node: string;
  program: string;
  place: Place;
  folders: CodeFolders;
  timers: ScaledTimers;
  clock: () => ClockAnchor;
  credentialsOf: (agency: string) => Promise<Credentials>;
}): Pool {
  const { node, program, place, folders, timers, clock, credentialsOf } = options;
  const members = new Set<Member>();
  let hasEnded = false;

  const discard = (member: Member) => {
    members.delete(member);
    member.cancelIdleTimer();
    member.instance?.kill();
  };

  const reserved = (member: Member, instance: Instance, isCold: boolean): Reserved => {
    const { record, config } = member;
    return {
      instance,
      isCold,
      contextData: async (requestId, timeoutMs) => ({
        requestId,
        functionName: record.name,
        package: record.package,
        version: 'latest',
        alias: '',
        projectId: place.projectId,
        timeoutMs,
        memory: String(config.memory_size),
        cpu: CPU,
        userData: { ...config.userData, ...config.encryptedUserData },
        credentials: await credentialsOf(executionAgency(config)),
      }),
      release(isBroken) {
        member.isBusy = false;
        if (isBroken || member.isStale || !instance.isAlive) discard(member);
        else member.cancelIdleTimer = timers.after(IDLE_MS, () => discard(member));
      },
    };
  };

  const spawnInstance = async (record: FunctionRecord, config: FunctionConfig) => {
    const root = await folders.of(record.code);
    if (hasEnded) throw new Error('the cloud is being stopped');
    const { name, package: group } = record;
    return startInstance({
      node,
      program,
      root,
      names: [config.handler, ...(config.initializer ? [config.initializer.handler] : [])],
      memoryMb: config.memory_size,
      env: environmentOf({
        config,
        name,
        package: group,
        projectId: place.projectId,
        root,
        cpu: CPU,
      }),
      clock,
    });
  };

  const startMember = async (record: FunctionRecord): Promise<Reserved | Failure> => {
    const { config } = record;
    const cancelIdleTimer = () => undefined;
    const state = { instance: undefined, isBusy: true, isStale: false, cancelIdleTimer };
    const member: Member = { record, config, ...state };
    // Added before it starts, so that simultaneous events respect the limit.
    members.add(member);
    let instance: Instance;
    try {
      instance = await spawnInstance(record, config);
    } catch (error) {
      members.delete(member);
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { errorMessage: message, errorType: name };
    }
    member.instance = instance;
    const timer = setTimeout(() => instance.kill(), LOAD_TIMEOUT_MS);
    const failure = await instance.loaded;
    clearTimeout(timer);
    if (failure === undefined) return reserved(member, instance, true);
    discard(member);
    return failure;
  };

  return {
    async reserve(record) {
      if (!isNodeRuntime(record.config.runtime)) {
        throw fss('FSS.0500', `${record.config.runtime} is not run here`);
      }
      const own = [...members].filter((member) => member.record === record && !member.isStale);
      const idle = own.find(
        ({ config, isBusy, instance }) =>
          config === record.config && !isBusy && instance?.isAlive === true,
      );
      if (idle?.instance !== undefined) {
        idle.cancelIdleTimer();
        idle.isBusy = true;
        return reserved(idle, idle.instance, false);
      }
      const max = record.maxInstances === -1 ? Infinity : record.maxInstances;
      if (own.length >= max || members.size >= MAX_ACCOUNT_INSTANCES) return undefined;
      return startMember(record);
    },
    onChanged(record) {
      for (const member of [...members]) {
        if (member.record !== record) continue;
        if (member.isBusy) member.isStale = true;
        else discard(member);
      }
    },
    setClock() {
      for (const { instance } of members) instance?.setClock();
    },
    async end() {
      hasEnded = true;
      const all = [...members];
      for (const member of all) discard(member);
      await Promise.all(all.map(async ({ instance }) => instance?.exited));
    },
  };
}

/** The agency whose credentials a function gets in its context, '' for none. */
function executionAgency({ xrole, app_xrole }: FunctionConfig): string {
  return app_xrole === '' ? xrole : app_xrole;
}
