import type { Clock } from '../../lib/clock.ts';
import type { Client, Phone } from './client.ts';

const REQUESTS_A_CALL = 20;
const POLL_MS = 10_000;
const SUCCESS = 2;
const FAILURE = -1;

/** The exports of one pass over the fleet. */
export type Followed = {
  /** Submits a batch. Returns false when CPH refuses it as too large. */
  submit(phones: readonly Phone[]): Promise<boolean>;
  /** Waits 10 seconds and asks for the jobs of all requests that are not finished. */
  poll(): Promise<void>;
  /** Exports in flight: all, or those of a server. */
  open(serverId?: string): number;
  /** Phones that were refused, whose export failed, or whose submission got no answer. */
  failed: Phone[];
};

/** `folder`: where the archives go, a new one a pass. `onSaved`: an export is seen to have succeeded. */
export function followExports(
  { client, clock }: { client: Client; clock: Clock },
  folder: string,
  onSaved: () => void,
): Followed {
  const requests = new Map<string, Map<string, Phone>>();
  const failed: Phone[] = [];
  const isOf = (serverId: string | undefined) => (phone: Phone) =>
    serverId === undefined || phone.server_id === serverId;

  const ended = (jobs: Map<string, Phone> | undefined, id: string, isSaved: boolean): void => {
    const phone = jobs?.get(id);
    if (phone === undefined) return;
    jobs?.delete(id);
    if (isSaved) onSaved();
    else failed.push(phone);
  };
  const ask = async (ids: readonly string[]): Promise<void> => {
    for (const { job_id, status } of await client.jobs(ids)) {
      if (status !== SUCCESS && status !== FAILURE) continue;
      for (const id of ids) ended(requests.get(id), job_id, status === SUCCESS);
    }
  };

  return {
    failed,
    open: (serverId) =>
      [...requests.values()].reduce(
        (sum, jobs) => sum + [...jobs.values()].filter(isOf(serverId)).length,
        0,
      ),
    submit: async (phones) => {
      const submitted = await client.submit(phones, folder);
      if (submitted.result !== 'accepted') {
        if (submitted.result === 'unknown') failed.push(...phones);
        return submitted.result === 'unknown';
      }
      const jobOf = new Map(submitted.jobs.map(({ phone_id, job_id }) => [phone_id, job_id]));
      const jobs = new Map<string, Phone>();
      for (const phone of phones) {
        const job = jobOf.get(phone.phone_id);
        if (job === undefined) failed.push(phone);
        else jobs.set(job, phone);
      }
      requests.set(submitted.request_id, jobs);
      return true;
    },
    poll: async () => {
      await clock.sleep(POLL_MS);
      const ids = [...requests.keys()];
      for (let from = 0; from < ids.length; from += REQUESTS_A_CALL) {
        await ask(ids.slice(from, from + REQUESTS_A_CALL));
      }
      for (const [id, jobs] of requests) if (jobs.size === 0) requests.delete(id);
    },
  };
}
