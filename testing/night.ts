import { contextOf } from '../cli/invoke/context.ts';
import type { Clock } from '../lib/clock.ts';
import type { Send } from '../lib/cloud/request/send.ts';
import type { OpenRun } from '../lib/run/state/open-run.ts';
import { drive, type DriveResult, driveWindow } from '../lib/run/drive/drive.ts';
import { schedule, type ScheduleMemory } from '../lib/run/schedule/schedule.ts';
import {
  readReport,
  readReportedPhones,
  type Report,
  type ReportedPhone,
} from '../lib/ledger/run/report.ts';
import { layout } from '../lib/ledger/store/layout.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { type Invocation, startInvocation } from '../lib/runtime/invocation.ts';
import { type Cloud, type CloudOptions, createCloud } from '../local/cloud.ts';
import { memoryBackend } from '../local/obs/storage/memory-backend.ts';
import { heldAt, killedAt } from './interrupt.ts';
import { sendInto, type SentExport } from './cloud/network.ts';
import { playClock, type PlayClock } from './play-clock.ts';
import { watchedBackend, type Write } from './cloud/watched-backend.ts';

const MINUTE = 60_000;
const CREDENTIALS_MS = 12 * 60 * MINUTE;

export const NIGHTLY = `
name: nightly
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export:
  include: [/data/data]
  exclude: [/data/data/com.example.cache]
  bucket: phonevault-demo
deadline: 2h
`;

/** `lib` and the embedded cloud in one process under one clock: a night takes as long as its computation. */
export type Night = {
  clock: PlayClock;
  cloud: Cloud;
  lines: Record<string, unknown>[];
  /** Every requested export, as CPH saw it. */
  exports: SentExport[];
  /** Every object written to the cloud, in order. */
  writes: Write[];
  /** The network of every invocation, which a test may wrap. */
  send: Send;
  /** Starts an invocation of a function; `clock` may be a wrong one. */
  invocation(context?: Partial<FgContext>, send?: Send, clock?: Clock): Invocation;
  putPolicy(text: string, name?: string): Promise<void>;
  /** Fires the timer of one policy. Returns the id of its run. */
  requestRun(policy?: string): Promise<string>;
  tick(): Promise<string[]>;
  drive(): Promise<DriveResult>;
  /** A drive, then time moves on to a minute after its start. */
  minute(): Promise<void>;
  /**
   * A drive that is killed at its `call`-th call to the cloud: right before it is sent, or right after it was carried
   * out. Nothing of the invocation happens afterwards: no catch, no finally. False when it ended before that call.
   */
  driveKilled(call: number, when: 'before' | 'after'): Promise<boolean>;
  /** A drive that stops before its `call`-th call until it is released; undefined when it ended before that. */
  driveHeld(call: number): Promise<{ release(): Promise<unknown> } | undefined>;
  /** Drives minute by minute until the run is settled and notified. */
  settle(
    runId: string,
    minutes?: number,
  ): Promise<{ report: Report; phones: ReportedPhone[]; drives: number }>;
};

export async function night(
  options: CloudOptions & { start?: number; playOn?: PlayClock; latencyMs?: number } = {},
): Promise<Night> {
  const clock = options.playOn ?? playClock(options.start ?? Date.UTC(2026, 0, 1, 18, 30));
  const { latencyMs = 0 } = options;
  const writes: Write[] = [];
  const backend = watchedBackend(options.backend ?? memoryBackend(), writes);
  const cloud = await createCloud({ ...options, backend, clock });
  const lines: Record<string, unknown>[] = [];
  const exports: SentExport[] = [];
  const memory = new Map<string, OpenRun>();
  const scheduleMemory: ScheduleMemory = {};
  const settings: Record<string, string> = {
    PHONEVAULT_REGION: cloud.region,
    PHONEVAULT_PROJECT_ID: cloud.projectId,
    PHONEVAULT_BUCKET: cloud.bucket,
    PHONEVAULT_TOPIC_URN: cloud.topicUrn,
  };
  const facts = {
    ...{ functionName: 'phonevault', requestId: '', timeoutMs: MINUTE },
    ...{ projectId: cloud.projectId, userData: settings },
  };
  let seed = 7;
  const random = (): number => ((seed = (seed * 48_271) % 2_147_483_647), seed / 2_147_483_647);
  const instance = {
    clock,
    random,
    send: sendInto(cloud, clock, { exports, latencyMs }),
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };

  // As in the runtime: the context's credentials last a day and are renewed in time.
  let { credentials } = cloud;
  let issuedAt = clock.now();
  const invocation: Night['invocation'] = (
    context = {},
    send = instance.send,
    ownClock = instance.clock,
  ) => {
    const started = clock.now();
    if (started - issuedAt > CREDENTIALS_MS) {
      issuedAt = started;
      credentials = cloud.renewCredentials();
    }
    return startInvocation(
      {
        ...contextOf({ ...facts, credentials }, clock.now),
        ...context,
      },
      { ...instance, send, clock: ownClock },
      { needsTopic: true },
    );
  };

  const timer = async (tick: {
    time: number | undefined;
    policy: string | undefined;
  }): Promise<string[]> => {
    const { deps, clients } = invocation();
    const wake = { functiongraph: clients.functiongraph, driveUrn: undefined };
    return (await schedule({ ...deps, wake }, tick, scheduleMemory)).requested;
  };
  const driveOver = async (send: Send): Promise<DriveResult> => {
    const { deps, timeLeft, holder } = invocation({}, send);
    return drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder });
  };
  const driveOnce = async (): Promise<DriveResult> => {
    const { deps, timeLeft, holder } = invocation();
    return drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder, memory });
  };
  const minute = async (): Promise<void> => {
    const next = clock.now() + MINUTE;
    await driveOnce();
    if (clock.now() < next) clock.move(next - clock.now());
  };

  return {
    clock,
    cloud,
    lines,
    exports,
    writes,
    invocation,
    send: instance.send,
    putPolicy: (text, name = 'nightly') => invocation().deps.store.put(layout.policy(name), text),
    requestRun: async (policy = 'nightly') => {
      const [runId] = await timer({ time: clock.now(), policy });
      if (runId === undefined) throw new Error('no run was requested');
      return runId;
    },
    tick: () => timer({ time: clock.now(), policy: undefined }),
    drive: driveOnce,
    minute,
    driveKilled: async (call, when) => {
      memory.clear();
      return killedAt({ call, when }, instance.send, driveOver);
    },
    driveHeld: (call) => heldAt(call, instance.send, driveOver),
    settle: async (runId, minutes = 600) => {
      const { store } = invocation().deps;
      for (let drives = 1; drives <= minutes; drives += 1) {
        const next = clock.now() + MINUTE;
        await driveOnce();
        if ((await store.get(layout.request(runId))) === undefined) {
          const report = await readReport(store, runId);
          if (report === undefined) throw new Error(`${runId} closed without a report`);
          return { report, phones: await readReportedPhones(store, report), drives };
        }
        if (clock.now() < next) clock.move(next - clock.now());
      }
      throw new Error(`${runId} is not settled after ${minutes} minutes`);
    },
  };
}
