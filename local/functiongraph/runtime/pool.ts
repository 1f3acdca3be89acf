import { fss } from '../model/error.ts';
import type { Place } from '../model/urn.ts';
import { isNodeRuntime } from '../config/runtimes.ts';
import type { FunctionConfig, FunctionRecord, FunctionVersion } from '../model/function.ts';
import type { CodeFolders } from './code-folders.ts';
import { environmentOf } from './environment.ts';
import type { ScaledTimers } from '../../simulation/scaled-timers.ts';
import {
  type ClockAnchor,
  type ContextFacts,
  type Failure,
  type Instance,
  startInstance,
} from './instance.ts';

type Credentials = ContextFacts['credentials'];

/** An instance that was taken out of the pool for one event. */
export type Taken = {
  instance: Instance;
  /** Whether it was started for this event. */
  cold: boolean;
  /** What a handler of it is told about itself. */
  facts(requestId: string, alias: string, timeoutMs: number): Promise<ContextFacts>;
  /** Puts it back; `spent` when it must not serve again. */
  giveBack(spent: boolean): void;
};

type Member = {
  functionId: string;
  version: FunctionVersion;
  config: FunctionVersion['config'];
  instance: Instance | undefined;
  busy: boolean;
  stale: boolean;
  forget: () => void;
};

export type Pool = {
  /** An idle instance or a new one; undefined when all that the function may have are busy. */
  take(record: FunctionRecord, version: FunctionVersion): Promise<Taken | Failure | undefined>;
  /** A function has changed: its idle instances end now, the others after their event. */
  drop(functionId: string): void;
  setClock(): void;
  /** Ends all instances at once, and waits until they are gone. */
  end(): Promise<void>;
};

// What a tenant may run at once unless it asks for more.
const ACCOUNT_CONCURRENCY = 100;
const IDLE_MS = 120_000;
const LOAD_MS = 60_000;
const CPU = '300';

/** The instances of all functions. Each serves one event at a time and is kept for the next for two minutes. */
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
  let ended = false;

  const discard = (member: Member) => {
    members.delete(member);
    member.forget();
    member.instance?.kill();
  };

  const taken = (
    record: FunctionRecord,
    member: Member,
    instance: Instance,
    cold: boolean,
  ): Taken => {
    const { version, config } = member;
    return {
      instance,
      cold,
      facts: async (requestId, alias, timeoutMs) => ({
        requestId,
        functionName: record.name,
        package: record.package,
        version: version.version,
        alias,
        projectId: place.projectId,
        timeoutMs,
        memory: String(config.memory_size),
        cpu: CPU,
        userData: { ...config.userData, ...config.encryptedUserData },
        credentials: await credentialsOf(executionAgency(config)),
      }),
      giveBack(spent) {
        member.busy = false;
        if (spent || member.stale || !instance.alive) discard(member);
        else member.forget = timers.after(IDLE_MS, () => discard(member));
      },
    };
  };

  const start = async (
    record: FunctionRecord,
    version: FunctionVersion,
  ): Promise<Taken | Failure> => {
    const { config } = version;
    const names = [config.handler, ...(config.initializer ? [config.initializer.handler] : [])];
    // Counted from the start, so that two events at once do not start one too many.
    const holder: Member = {
      functionId: record.id,
      version,
      config,
      instance: undefined,
      busy: true,
      stale: false,
      forget: () => undefined,
    };
    members.add(holder);
    try {
      const root = await folders.of(version.code);
      if (ended) throw new Error('the cloud is being stopped');
      const { name, package: group } = record;
      holder.instance = startInstance({
        node,
        program,
        root,
        names,
        memoryMb: config.memory_size,
        env: environmentOf({
          config,
          name,
          package: group,
          version: version.version,
          projectId: place.projectId,
          root,
          cpu: CPU,
        }),
        clock,
      });
    } catch (error) {
      members.delete(holder);
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { errorMessage: message, errorType: name };
    }
    const instance = holder.instance;
    const patience = setTimeout(() => instance.kill(), LOAD_MS);
    const failure = await instance.loaded;
    clearTimeout(patience);
    if (failure === undefined) return taken(record, holder, instance, true);
    discard(holder);
    return failure;
  };

  return {
    async take(record, version) {
      if (!isNodeRuntime(version.config.runtime)) {
        throw fss('FSS.0500', `${version.config.runtime} is not run here`);
      }
      const fits = [...members].filter(
        (member) => member.version === version && member.config === version.config && !member.stale,
      );
      const idle = fits.find((member) => !member.busy && member.instance?.alive === true);
      if (idle?.instance !== undefined) {
        idle.forget();
        idle.busy = true;
        return taken(record, idle, idle.instance, false);
      }
      const most = version.maxInstances === -1 ? Infinity : version.maxInstances;
      const mine = [...members].filter((member) => member.version === version && !member.stale);
      if (mine.length >= most || members.size >= ACCOUNT_CONCURRENCY) return undefined;
      return start(record, version);
    },
    drop(functionId) {
      for (const member of [...members]) {
        if (member.functionId !== functionId) continue;
        if (member.busy) member.stale = true;
        else discard(member);
      }
    },
    setClock() {
      for (const { instance } of members) instance?.setClock();
    },
    async end() {
      ended = true;
      const all = [...members];
      for (const member of all) discard(member);
      await Promise.all(all.map(async ({ instance }) => instance?.gone));
    },
  };
}

/** The agency whose credentials a function finds in its context, '' for none. */
function executionAgency({ xrole, app_xrole }: FunctionConfig): string {
  return app_xrole === '' ? xrole : app_xrole;
}
