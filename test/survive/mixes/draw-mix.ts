import { createRandom, pick } from '../../../local/simulation/random.ts';
import type { CloudOptions } from '../../../local/cloud.ts';
import type { Fault } from '../../../local/faults/fault.ts';
import { CORRUPTIONS } from '../../../local/faults/corrupt-response.ts';
import { type Service, NETWORK_FAULTS, type NetworkFault } from './network-faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A fault of the cloud or of the network, from one minute of the night to another. */
export type TimedFault = { from: number; until: number } & (
  | { fault: Fault }
  | { network: NetworkFault }
);

/** All that a seed decides. */
export type Mix = {
  seed: number;
  cloud: CloudOptions & { phones: number };
  policies: { name: string; text: string; exportTimeout: number }[];
  /** The states of the first phones at the beginning. */
  states: number[];
  faults: TimedFault[];
  /** How often a drive is killed, and how often a new instance drives, while there are faults. */
  kills: number;
  cold: number;
};

const CODES = [
  ...['CPS.0001', 'CPS.0003', 'CPS.0004', 'CPS.0005', 'CPS.0011', 'CPS.0022', 'CPS.0042'],
  ...['CPS.0050', 'CPS.0053', 'CPS.0054', 'CPS.0099', 'CPS.0102', 'CPS.0103', 'CPS.0107'],
  ...['CPS.0141', 'CPS.0158', 'CPS.0165', 'CPS.0170', 'CPS.0190', 'CPS.0339', 'CPS.9999'],
];
const OPERATIONS: Record<Service, string[]> = {
  cph: ['batch-storage', 'batch-storage', 'list-jobs', 'list-jobs', 'list-phones', 'show-phone'],
  obs: ['PutObject', 'GetObject', 'HeadObject', 'ListObjectsV2', 'DeleteObject', 'DeleteObjects'],
  smn: ['publish'],
};

/** Draws a night from its seed. */
export function drawMix(seed: number): Mix {
  const random = createRandom(seed, 'mix');
  const of = <T>(...list: T[]): T => pick(random, list);
  const maybe = (probability: number): boolean => random() < probability;
  const phones = of(2, 3, 4, 6);
  const listDelayMs = of(0, 0, 0, 2 * SECOND, 10 * SECOND, 25 * SECOND);

  const policy = (name: string) => {
    const [deadline, timeout] = of([20, 5], [45, 10], [45, 30], [120, 5], [120, 60]);
    return {
      name,
      exportTimeout: (timeout ?? 0) * MINUTE,
      text: `
name: ${name}
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai }
select: { name: "*" }
export: { include: [/data/data], bucket: phonevault-demo }
deadline: ${deadline ?? 0}m
export_timeout: ${timeout ?? 0}m
wait_for_phones: ${of('1m', '5m', '10m')}
max_in_flight_per_server: ${of(1, 2, 4)}
retry: { attempts: ${of(1, 2, 3)} }
`,
    };
  };

  const drawFault = (): Fault => {
    const service = of<Service>('cph', 'cph', 'cph', 'obs', 'obs', 'smn');
    const operation = pick(random, OPERATIONS[service]);
    const rate = of(0.05, 0.2, 0.5, 1);
    const call = { service, operation, rate };
    const phone = { service: 'cph', operation: 'batch-storage', rate: of(0.1, 0.3, 0.6) };
    switch (of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)) {
      case 0:
        return { ...call, kind: 'throttle', hint: maybe(0.5) };
      case 1:
        return { service, kind: 'throttle', per_minute: of(1, 5, 20), hint: maybe(0.5) };
      case 2:
        return { ...call, kind: 'error', status: of(500, 502, 503, 504), carried_out: maybe(0.5) };
      case 3:
        return { ...call, kind: 'error', status: of(200, 302, 400, 404, 408, 413, 429) };
      case 4:
        return { ...call, kind: 'drop_answer' };
      case 5:
        return { ...call, kind: of('drop_request' as const, 'hang' as const) };
      case 6:
        return { ...call, kind: 'garbage' };
      case 7:
      case 8:
        return {
          ...call,
          kind: 'corrupt_response',
          form: pick(
            random,
            CORRUPTIONS.filter((f) => f !== 'huge'),
          ),
        };
      case 9:
        return { ...phone, kind: 'item_error', code: pick(random, CODES) };
      case 10:
        return { ...phone, kind: 'job_failed', code: pick(random, CODES) };
      case 11:
        return { ...phone, kind: of('missing_object' as const, 'job_vanishes' as const) };
      default:
        return { ...phone, rate: 0.2, kind: 'never_ends' };
    }
  };
  const drawNetwork = (): NetworkFault => ({
    kind: pick(random, NETWORK_FAULTS),
    service: of<Service>('cph', 'obs', 'smn'),
    rate: of(0.02, 0.1, 0.3, 1),
    delay: of(500, 2_000, 8_000),
  });
  const faults = Array.from({ length: of(1, 2, 3, 4, 5) }, (): TimedFault => {
    const from = maybe(0.6) ? 0 : of(1, 2, 5, 10);
    const until = from + of(1, 2, 4, 8, 8, 25);
    return { from, until, ...(maybe(0.75) ? { fault: drawFault() } : { network: drawNetwork() }) };
  });

  return {
    seed,
    cloud: {
      seed,
      phones,
      servers: of(1, 2, 3),
      conditionalPut: of('honoured', 'ignored', 'refused'),
      listDelayMs,
      limits: {
        storageInfosPerCall: of(1, 2, 5, 20),
        writesPerMinute: of(1, 3, 10, 60),
        readsPerMinute: of(20, 60, 200),
        exportsPerServer: of(1, 2, 6),
      },
      switches: {
        busyPhones: of('refuse', 'queue', 'allow'),
        successStatus: of(200, 201, 202),
        oddStatusRate: of(0, 0, 0.3),
        partialObjectRate: of(0, 0.3, 1),
      },
      timings: { exportBase: of(5, 5, 40, 40, 360) * SECOND, jobHidden: of(5, 60) * SECOND },
    },
    policies: [policy('nightly'), ...(maybe(0.25) ? [policy('other')] : [])],
    states: maybe(0.25) ? Array.from({ length: of(1, 2) }, () => of(0, 1, 3, 4, 5, 6, 8, 99)) : [],
    faults,
    kills: maybe(0.3) ? 0.3 : 0,
    cold: listDelayMs === 0 && maybe(0.4) ? 0.5 : 0,
  };
}

/** Returns the faults of a minute. */
export function faultsAt({ faults }: Mix, minute: number): TimedFault[] {
  return faults.filter(({ from, until }) => from <= minute && minute < until);
}

/** Returns the minute from which there are no faults. */
export function faultFreeFrom({ faults }: Mix): number {
  return Math.max(...faults.map(({ until }) => until));
}

export { MINUTE };
