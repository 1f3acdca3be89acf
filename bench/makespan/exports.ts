import { createHeap } from './virtual-clock.ts';

export type ServiceLimits = { exportsPerServer: number; exportsPerAccount: number };

export type ExportJob = {
  phone: string;
  server: string;
  /** How long it takes once it runs, in ms. */
  ms: number;
  acceptedAt: number;
  /** When it began to run, and when it ended (epoch ms). */
  startedAt?: number;
  endedAt?: number;
};

/** The exports of an account: each server runs some at once, the account some in all, and the others wait in order. */
export type Exports = {
  submit(job: ExportJob): void;
  /** Ends all jobs that are over at `now`, in order. */
  advance(now: number): void;
  /** When the next job ends; undefined while none runs. */
  nextEnd(): number | undefined;
};

type Server = { running: number; waiting: ExportJob[]; next: number; isBlocked: boolean };

/** `limits` may change while exports run. */
export function createExports(limits: ServiceLimits, onEnd: (job: ExportJob) => void): Exports {
  const servers = new Map<string, Server>();
  /** Servers that could run more, if the account could. */
  let blocked: Server[] = [];
  const ends = createHeap<{ at: number; job: ExportJob }>((a, b) => a.at - b.at);
  let running = 0;

  const serverOf = (id: string): Server => {
    const known = servers.get(id);
    if (known !== undefined) return known;
    const added = { running: 0, waiting: [], next: 0, isBlocked: false };
    servers.set(id, added);
    return added;
  };
  const start = (server: Server, now: number): void => {
    while (server.next < server.waiting.length && server.running < limits.exportsPerServer) {
      if (running >= limits.exportsPerAccount) {
        if (!server.isBlocked) blocked.push(server);
        server.isBlocked = true;
        return;
      }
      const job = server.waiting[server.next++] as ExportJob;
      server.running += 1;
      running += 1;
      job.startedAt = now;
      ends.push({ at: now + job.ms, job });
    }
    if (server.next === server.waiting.length) [server.waiting, server.next] = [[], 0];
  };
  const startBlocked = (now: number): void => {
    const candidates = blocked;
    blocked = [];
    for (const server of candidates) {
      server.isBlocked = false;
      if (running < limits.exportsPerAccount) start(server, now);
      else {
        server.isBlocked = true;
        blocked.push(server);
      }
    }
  };

  return {
    submit: (job) => {
      const server = serverOf(job.server);
      server.waiting.push(job);
      start(server, job.acceptedAt);
    },
    advance: (now) => {
      for (let next = ends.first(); next !== undefined && next.at <= now; next = ends.first()) {
        ends.pop();
        const { at, job } = next;
        job.endedAt = at;
        const server = serverOf(job.server);
        server.running -= 1;
        running -= 1;
        start(server, at);
        if (blocked.length > 0) startBlocked(at);
        onEnd(job);
      }
    },
    nextEnd: () => ends.first()?.at,
  };
}
