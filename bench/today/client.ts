import type { Clock, Random } from '../../lib/clock.ts';
import { type Send, TransportError } from '../../lib/cloud/request/send.ts';

const BASE = 'https://cph.virtual/v1/p/cloud-phone';
const TIMEOUT_MS = 30_000;
const RETRIES = 10;
const FIRST_WAIT_MS = 10_000;
const MAX_WAIT_MS = 60_000;
const OK = 200;
const THROTTLED = 429;
const TOO_MANY_PHONES = 'CPS.0170';
const PHONES_A_PAGE = 200;
const JOBS_A_PAGE = 100;

export type Phone = { phone_id: string; server_id: string; status: number };
type Job = { job_id: string; phone_id: string; status: number };
type Item = { phone_id: string; job_id?: string; error_code?: string };
/** `unknown`: no answer, or throttled to the last retry. */
type Submitted =
  | { result: 'accepted'; request_id: string; jobs: Item[] }
  | { result: 'too_many' | 'unknown' };

export type Client = {
  phones(): Promise<Phone[]>;
  submit(phones: readonly Phone[], folder: string): Promise<Submitted>;
  /** Returns the jobs of at most 20 requests. */
  jobs(requestIds: readonly string[]): Promise<Job[]>;
};

type Answer = { status: number; body: Record<string, unknown> };

/**
 * Returns the client of a careful script: 429 is waited out, up to 10 times, for a minute if its text says so, else twice as long
 * each time from 10 seconds to a minute, with jitter. A read without an answer is repeated; a submission is not, since it may
 * have been carried out.
 */
export function createClient(send: Send, deps: { clock: Clock; random: Random }): Client {
  const { clock, random } = deps;
  const once = async (method: string, path: string, body?: object): Promise<Answer | undefined> => {
    try {
      const request = { method, url: `${BASE}/${path}`, headers: {}, timeoutMs: TIMEOUT_MS };
      const response = await send(body ? { ...request, body: JSON.stringify(body) } : request);
      const text = new TextDecoder().decode(response.body);
      return { status: response.status, body: JSON.parse(text) as Answer['body'] };
    } catch (error) {
      if (error instanceof TransportError) return undefined;
      throw error;
    }
  };
  const call = async (method: string, path: string, body?: object): Promise<Answer | undefined> => {
    for (let retry = 0; ; retry += 1) {
      const answer = await once(method, path, body);
      const isRetryable = answer === undefined ? method === 'GET' : answer.status === THROTTLED;
      if (!isRetryable || retry === RETRIES) return answer;
      const isNamed = String(answer?.body.error_msg).includes('time:1 minute');
      const wait = isNamed ? MAX_WAIT_MS : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** retry);
      await clock.sleep(wait * (isNamed ? 1 + random() / 20 : 0.5 + random() / 2));
    }
  };
  const pages = async <T>(path: string, name: string, size: number): Promise<T[]> => {
    const all: T[] = [];
    for (;;) {
      const answer = await call('GET', `${path}&offset=${all.length}&limit=${size}`);
      if (answer?.status !== OK) throw new Error(`GET ${path}: ${answer?.status ?? 'no answer'}`);
      const page = answer.body[name] as T[];
      all.push(...page);
      if (page.length < size) return all;
    }
  };

  return {
    phones: () => pages('phones?type=0', 'phones', PHONES_A_PAGE),
    // Failed polls are repeated 10 seconds later anyway.
    jobs: (ids) =>
      pages<Job>(`jobs?request_ids=${ids.join(',')}`, 'jobs', JOBS_A_PAGE).catch(() => []),
    submit: async (phones, folder) => {
      const storage_infos = phones.map(({ phone_id }) => ({
        ...{ phone_id, include_files: ['/data/data'], bucket_name: 'archives' },
        object_path: `${folder}/${phone_id}.tar`,
      }));
      const answer = await call('POST', 'phones/batch-storage', { storage_infos });
      if (answer?.status === OK) {
        const { request_id, jobs } = answer.body as { request_id: string; jobs: Item[] };
        return { result: 'accepted', request_id, jobs };
      }
      const isTooMany = answer?.body.error_code === TOO_MANY_PHONES;
      return { result: isTooMany ? 'too_many' : 'unknown' };
    },
  };
}
