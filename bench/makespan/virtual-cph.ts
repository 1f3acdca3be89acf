import type { HttpRequest, HttpResponse } from '../../lib/cloud/request/send.ts';
import {
  createFixedWindow,
  createRateWindow,
  type RateWindow,
} from '../../local/simulation/rate-window.ts';
import type { CellLimits } from './cells.ts';
import { createExports, type ExportJob } from './exports.ts';
import type { Faults } from './faults.ts';
import type { FleetPhone } from './fleet.ts';

const MINUTE = 60_000;
const MAX_REQUEST_IDS = 20;

/** One call: what was asked, when, and how it was answered. */
export type CphCall = {
  operation: string;
  at: number;
  status: number;
  code?: string;
  /** Of a call that exports: its phones. */
  phones?: number;
};

export type VirtualCph = {
  /** Returns the response to a request at `now`. */
  answer(request: HttpRequest, now: number): HttpResponse;
  calls: CphCall[];
  /** When each export was accepted. */
  accepted: number[];
  /** The phones that have an archive, until cleared. */
  exported: Set<string>;
  /** Ends the exports that are over. */
  advance(now: number): void;
  /** Changes what the service allows from now on. */
  change(limits: Partial<CellLimits>): void;
};

type Stored = ExportJob & { id: string; fails: boolean };
type Reply = { status: number; body: unknown; code?: string; phones?: number };

/**
 * A minimal CPH for fleets that are too large for the embedded cloud: lists of phones and jobs, and exports, one at a time for
 * a phone. Its limits are counted as there. `onExported` is called with the key of each archive when its export ends.
 */
export function virtualCph(
  fleet: readonly FleetPhone[],
  given: CellLimits,
  onExported: (key: string, at: number) => void,
  faults?: Faults,
): VirtualCph {
  const limits = { ...given };
  const slots = { exportsPerServer: 0, exportsPerAccount: 0 };
  let windows: Record<'write' | 'read', RateWindow>;
  const change = (changed: Partial<CellLimits>): void => {
    Object.assign(limits, changed);
    slots.exportsPerServer = limits.per_server;
    slots.exportsPerAccount = limits.per_account === 'none' ? Infinity : limits.per_account;
    const create = limits.window === 'fixed' ? createFixedWindow : createRateWindow;
    windows = { write: create(limits.writes, MINUTE), read: create(limits.reads, MINUTE) };
  };
  change({});

  const newestFirst = [...fleet].reverse();
  const byId = new Map(fleet.map((phone) => [phone.phone_id, phone]));
  const jobs = new Map<string, Stored[]>();
  const keys = new Map<ExportJob, string>();
  const exported = new Set<string>();
  const tries = new Map<string, number>();
  const busy = new Set<string>();
  const calls: CphCall[] = [];
  const accepted: number[] = [];
  let requests = 0;
  const exports = createExports(slots, (job) => {
    busy.delete(job.phone);
    if (!(job as Stored).fails) {
      exported.add(job.phone);
      onExported(keys.get(job) ?? '', job.endedAt ?? 0);
    }
    keys.delete(job);
  });
  const refusalOf = (phoneId: string): string | undefined => {
    if (faults?.isFrozen(phoneId) === true) return 'CPS.0053';
    return busy.has(phoneId) ? 'CPS.0042' : undefined;
  };

  const submit = (body: string, now: number): Reply => {
    const { storage_infos: infos } = JSON.parse(body) as {
      storage_infos: { phone_id: string; object_path: string }[];
    };
    const phones = infos.length;
    if (phones > limits.phones_per_call) {
      return { ...refusal(400, 'CPS.0170', 'too many phones'), phones };
    }
    const request_id = `r${(requests += 1)}`;
    const own: Stored[] = [];
    const answers = infos.map(({ phone_id, object_path }, index) => {
      const error_code = refusalOf(phone_id);
      if (error_code !== undefined) return { phone_id, error_code, error_msg: 'refused' };
      const { server_id: server, ms } = byId.get(phone_id) as FleetPhone;
      const nth = (tries.get(phone_id) ?? 0) + 1;
      tries.set(phone_id, nth);
      const fails = faults?.fails(phone_id, nth) === true;
      const id = `${request_id}-${index}`;
      const job = { id, fails, phone: phone_id, server, ms, acceptedAt: now };
      busy.add(phone_id);
      keys.set(job, object_path);
      exports.submit(job);
      own.push(job);
      return { phone_id, job_id: id };
    });
    jobs.set(request_id, own);
    accepted.push(...own.map(() => now));
    return { status: 200, body: { request_id, jobs: answers }, phones };
  };
  const listJobs = (query: URLSearchParams): Reply => {
    const ids = (query.get('request_ids') ?? '').split(',');
    if (ids.length > MAX_REQUEST_IDS) return refusal(400, 'CPS.0161', 'too many request ids');
    const [from, count] = [Number(query.get('offset')), Number(query.get('limit'))];
    const all = ids.flatMap((id) => jobs.get(id) ?? []);
    return { status: 200, body: { jobs: all.slice(from, from + count).map(describe) } };
  };
  const listPhones = (query: URLSearchParams): Reply => {
    const [from, count] = [Number(query.get('offset')), Number(query.get('limit'))];
    const page = newestFirst
      .slice(from, from + count)
      .map(({ phone_id, phone_name, server_id }) => ({
        ...{ phone_id, phone_name, server_id, image_version: 'AOSP 11.0' },
        status: faults?.isFrozen(phone_id) === true ? 6 : 2,
      }));
    return { status: 200, body: { count: fleet.length, phones: page } };
  };

  return {
    calls,
    accepted,
    exported,
    advance: exports.advance,
    change,
    answer: ({ method, url, body }, now) => {
      exports.advance(now);
      const { pathname, searchParams } = new URL(url);
      const operation = pathname.split('/').at(-1) ?? '';
      const kind = method === 'POST' ? 'write' : 'read';
      const reply = ((): Reply => {
        if (!windows[kind].admit(now) || faults?.isThrottled() === true)
          return throttled(limits, kind);
        if (operation === 'batch-storage') return submit(String(body), now);
        if (operation === 'jobs') return listJobs(searchParams);
        if (operation === 'phones') return listPhones(searchParams);
        return refusal(404, 'APIGW.0101', `no operation ${operation}`);
      })();
      calls.push({
        operation,
        at: now,
        status: reply.status,
        ...(reply.code && { code: reply.code }),
        ...(reply.phones && { phones: reply.phones }),
      });
      const text = JSON.stringify(reply.body);
      return { status: reply.status, headers: {}, body: new TextEncoder().encode(text) };
    },
  };
}

function describe({ id, phone, acceptedAt, endedAt, fails }: Stored) {
  const begun = { job_id: id, phone_id: phone, begin_time: timeText(acceptedAt) };
  if (endedAt === undefined) return { ...begun, status: 1 };
  const ended = { ...begun, end_time: timeText(endedAt) };
  return fails ? { ...ended, status: -1, error_code: 'CPS.0103' } : { ...ended, status: 2 };
}

const timeText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function refusal(status: number, code: string, text: string): Reply {
  return { status, code, body: { error_code: code, error_msg: text } };
}

function throttled(limits: CellLimits, kind: 'write' | 'read'): Reply {
  const limit = kind === 'write' ? limits.writes : limits.reads;
  const named = limits.hint ? `,policy user over ratelimit,limit:${limit},time:1 minute` : '';
  return refusal(429, 'APIGW.0308', `The throttling threshold has been reached${named}`);
}
