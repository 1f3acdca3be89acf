import { createCph } from '../../lib/cloud/cph/cph.ts';
import { readLog } from '../../lib/ledger/run/log/log.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import { createMeter } from '../../lib/run/meter.ts';
import { createReadBudget } from '../../lib/run/reads/read-budget.ts';
import { createReadings } from '../../lib/run/reads/readings.ts';
import { schedule } from '../../lib/run/schedule/schedule.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import { createRandom } from '../../local/simulation/random.ts';
import type { Cell, CellLimits } from './cells.ts';
import type { Faults } from './faults.ts';
import type { FleetPhone } from './fleet.ts';
import { networkTo } from './network.ts';
import type { Course } from './oracle.ts';
import { virtualBucket } from './virtual-bucket.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';
import { type CphCall, virtualCph } from './virtual-cph.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TIMEOUT_MS = 60_000;
/** The last of 100,000 exports may come late. */
const MAX_MINUTES = 48 * 60;

const POLICY = `
name: nightly
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*", max_phones: 100000 }
export: { include: [/data/data], bucket: archives }
deadline: 24h
`;

/** One night. `oversized`: calls refused as too large (CPS.0170). `refused`: all refused calls. `exported`: phones with an archive of it. */
type NightCourse = Course & {
  calls: CphCall[];
  refused: number;
  refusedLate: number;
  oversized: number;
  obs: number;
  exported: number;
};

export type Service = {
  clock: VirtualClock;
  /** Plays the next night from its request until its run is closed. */
  night(changes?: { afterMs: number; limits: Partial<CellLimits> }): Promise<NightCourse>;
};

/**
 * Deploys Phonevault to a service with hidden limits, in virtual time. Each call to CPH takes `latencyMs`. Without `faults` a
 * night that does not export every phone is an error.
 */
export function deploy(
  cell: Cell,
  fleet: readonly FleetPhone[],
  { latencyMs, faults }: { latencyMs: number; faults?: Faults },
): Service {
  const clock = virtualClock(Date.UTC(2026, 0, 1, 18, 30));
  const bucket = virtualBucket(clock, () => cph.advance(clock.now()));
  const cph = virtualCph(fleet, cell.limits, bucket.add, faults);
  const send = networkTo(cph, { clock, latencyMs, faults });
  const random = createRandom(1, 'bench/drive');
  const memory = new Map<string, OpenRun>();
  const silent = (): void => undefined;
  const log = { info: silent, warn: silent, error: silent };

  const invocation = (): RunDeps => {
    const meter = createMeter(clock);
    const reads = createReadBudget({ clock, log });
    return {
      ...{ clock, random, log, meter, reads, readings: createReadings() },
      ...{ store: bucket.store, archives: bucket.archives },
      cph: createCph({
        ...{ clock, random, reads, endpoint: 'https://cph.virtual', projectId: 'p' },
        onCall: meter.call,
        authenticate: async (request, send) => ({ response: await send(request), signed: false }),
        send,
      }),
      topic: {
        publish: async () => ({ message_id: 'm' }),
        hasTopic: async () => true,
        listSubscriptions: async () => ({ count: 0, subscriptions: [] }),
      },
      topicUrn: 'urn:smn:virtual',
      ledger: { bucket: 'ledger', prefix: '' },
    };
  };

  let nights = 0;
  const play = async (changes?: { afterMs: number; limits: Partial<CellLimits> }) => {
    const { store } = bucket;
    if (nights === 0) await store.put(layout.policy('nightly'), POLICY);
    clock.moveTo(Date.UTC(2026, 0, 1, 18, 30) + nights * 2 * DAY);
    nights += 1;
    const [start, callsBefore, obsBefore] = [clock.now(), cph.calls.length, bucket.requests()];
    const acceptedBefore = cph.accepted.length;
    cph.exported.clear();
    const wake = { functiongraph: { invoke: async () => undefined }, driveUrn: undefined } as never;
    const tick = { time: start, policy: 'nightly' };
    const [runId = ''] = (await schedule({ ...invocation(), wake }, tick, {})).requested;
    let isChanged = changes === undefined;
    for (let minute = 0; ; minute += 1) {
      if (minute > MAX_MINUTES) throw new Error(`${cell.name} does not end`);
      clock.moveTo(start + minute * MINUTE);
      if (!isChanged && clock.now() - start >= (changes?.afterMs ?? 0)) {
        cph.change(changes?.limits ?? {});
        isChanged = true;
      }
      const window = driveWindow(clock.now(), TIMEOUT_MS);
      await drive(invocation(), { ...window, holder: `h${nights}x${minute}`, memory });
      if ((await store.get(layout.request(runId))) === undefined) break;
    }
    const verified = (await readLog(store, runId))
      .flatMap((event) => (event.type === 'verified' ? [event.at] : []))
      .sort((a, b) => a - b);
    if (faults === undefined && verified.length !== fleet.length) {
      throw new Error(`${cell.name}: ${verified.length} of ${fleet.length} phones exported`);
    }
    const calls = cph.calls.slice(callsBefore);
    const accepted = cph.accepted.slice(acceptedBefore);
    const refused = calls.filter(({ status }) => status !== 200);
    const from = calls.find(({ operation }) => operation === 'batch-storage')?.at ?? start;
    return {
      makespan: (verified.at(-1) ?? 0) - start,
      p95: (verified[Math.ceil(verified.length * 0.95) - 1] ?? 0) - start,
      span: Math.max(...accepted.slice(-1)) - (accepted[0] ?? 0),
      calls,
      refused: refused.length,
      refusedLate: refused.filter(({ at }) => at > from + MINUTE).length,
      oversized: refused.filter(({ code }) => code === 'CPS.0170').length,
      obs: bucket.requests() - obsBefore,
      exported: cph.exported.size,
    };
  };
  return { clock, night: (changes) => clock.play(() => play(changes)) };
}
