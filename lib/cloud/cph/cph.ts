import { RESOURCE_ID } from '../../names.ts';
import { call, type CallBudget, type Caller, isAbsent, segment } from '../request/request.ts';
import { CPH_CODES, NO_JOBS, NO_PHONE, NO_SERVER } from './error-codes.ts';
import { checkCommand } from './command.ts';
import {
  type Job,
  jobsReply,
  type PhoneJob,
  type RestoreInfo,
  type StorageInfo,
  submitReply,
} from './job.ts';
import { type Phone, phoneOf, phoneReply, phonesReply, serversReply } from './phone.ts';

/**
 * The Cloud Phone service. All calls throw ServiceError. Reads make up to three attempts, a submission only one.
 */
export type Cph = {
  /** One page, newest phone first. `offset` counts phones, `limit` is 1 to 200, `count` is the total. Throws not_found for an unknown server. */
  listPhones(query: {
    offset: number;
    limit: number;
    serverId?: string;
    /** Only phones whose name contains this. */
    name?: string;
  }): Promise<{ count: number; phones: Phone[] }>;
  /** Undefined when the phone does not exist. */
  showPhone(phoneId: string): Promise<Phone | undefined>;
  /** Ids of the servers that have all these tags, each with one of its values (an empty list: any value). */
  serversByTags(tags: Record<string, string[]>): Promise<string[]>;
  /** Submits exports. Never repeat a submission: after carriedOut 'unknown' CPH may have started its jobs. */
  batchStorage(infos: StorageInfo[]): Promise<Submitted>;
  /** Submits restores: CPH unpacks each archive on its phone. */
  batchRestore(infos: RestoreInfo[]): Promise<Submitted>;
  /** Restarts phones with the image they have. Starts those that are stopped. */
  restartPhones(phoneIds: string[]): Promise<Submitted>;
  /** Resets phones: all their data is deleted. */
  resetPhones(phoneIds: string[]): Promise<Submitted>;
  /**
   * Runs one shell command on phones; its output is that of the job. Other tasks of the same servers wait for it (cph_api_0532).
   * Throws RangeError for a command that CPH cannot take.
   */
  runCommand(phoneIds: string[], command: string): Promise<Submitted>;
  /**
   * The jobs of up to 20 submissions, by their request ids. Undefined when CPH does not know all of these ids, or none. `wanted`: the
   * ids of jobs; no further page is read once all of them are listed.
   */
  listJobs(requestIds: string[], wanted?: ReadonlySet<string>): Promise<Job[] | undefined>;
};

/** The response to a submission. */
type Submitted = { request_id: string | undefined; jobs: PhoneJob[] };

const MAX_REQUEST_IDS = 20;
const JOBS_A_PAGE = 100;
const SERVERS_A_PAGE = 1_000;
const MAX_PAGES = 1_000;

const asPhone = (phone_id: string) => ({ phone_id });

/** Returns a client of CPH at `endpoint` for one project. `reads` is the budget of all calls but submissions. */
export function createCph(
  options: Caller & { endpoint: string; projectId: string; reads?: CallBudget },
): Cph {
  const project = `${options.endpoint}/v1/${segment(options.projectId)}`;
  const url = `${project}/cloud-phone`;
  const read = {
    service: 'cph',
    method: 'GET',
    idempotent: true,
    codes: CPH_CODES,
    budget: options.reads,
  } as const;

  const jobsPage = (requestIds: string[], offset: number) =>
    call(options, {
      ...read,
      operation: 'list-jobs',
      url: `${url}/jobs`,
      query: { request_ids: requestIds.join(','), offset, limit: JOBS_A_PAGE },
      reply: jobsReply,
      codes: { ...CPH_CODES, absent: NO_JOBS },
    });

  const submit = (operation: string, json: object): Promise<Submitted> =>
    call(options, {
      ...{ service: 'cph', operation, method: 'POST', json },
      url: `${url}/phones/${operation}`,
      reply: submitReply,
      codes: CPH_CODES,
      idempotent: false,
      timeoutMs: 30_000,
      totalMs: 30_000,
    });

  return {
    async listPhones({ offset, limit, serverId, name }) {
      const reply = await call(options, {
        ...read,
        operation: 'list-phones',
        url: `${url}/phones`,
        query: { offset, limit, server_id: serverId, phone_name: name },
        reply: phonesReply,
        codes: { ...CPH_CODES, absent: NO_SERVER },
      });
      const received = reply.phones.length;
      return {
        // Without a total, a full page means that there may be more.
        count: reply.count ?? offset + received + (received < limit ? 0 : 1),
        phones: reply.phones.flatMap((entry) => phoneOf(entry) ?? []),
      };
    },

    async showPhone(phoneId) {
      if (!RESOURCE_ID.test(phoneId)) return undefined;
      try {
        return await call(options, {
          ...read,
          operation: 'show-phone',
          url: `${url}/phones/${phoneId}`,
          reply: phoneReply,
          codes: { ...CPH_CODES, absent: NO_PHONE },
        });
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },

    async serversByTags(tags) {
      const found = new Set<string>();
      let offset = 0;
      for (let page = 0, more = true; more && page < MAX_PAGES; page += 1) {
        const { resources, total_count: total } = await call(options, {
          ...read,
          method: 'POST',
          operation: 'tags',
          url: `${project}/cph-server/resource_instances/action`,
          json: {
            action: 'filter',
            // Strings, unlike everywhere else in this API.
            limit: String(SERVERS_A_PAGE),
            offset: String(offset),
            tags: Object.entries(tags).map(([key, values]) => ({ key, values })),
          },
          reply: serversReply,
        });
        for (const { resource_id: id } of resources) {
          if (id !== undefined) found.add(id);
        }
        offset += resources.length;
        const complete = total === undefined ? resources.length < SERVERS_A_PAGE : offset >= total;
        more = !complete && resources.length > 0;
      }
      return [...found];
    },

    batchStorage: (infos) => submit('batch-storage', { storage_infos: infos }),
    batchRestore: (infos) => submit('batch-restore', { restore_infos: infos }),
    restartPhones: (phoneIds) => submit('batch-restart', { phones: phoneIds.map(asPhone) }),
    resetPhones: (phoneIds) => submit('batch-reset', { phones: phoneIds.map(asPhone) }),
    runCommand: (phoneIds, command) =>
      submit('commands', {
        command: 'shell',
        content: checkCommand(command),
        phone_ids: phoneIds,
      }),

    async listJobs(requestIds, wanted) {
      if (requestIds.length > MAX_REQUEST_IDS) {
        throw new RangeError(`at most ${MAX_REQUEST_IDS} request ids a call`);
      }
      if (requestIds.length === 0) return [];
      const found = new Map<string, Job>();
      const hasAll = (): boolean =>
        wanted !== undefined && [...wanted].every((jobId) => found.has(jobId));
      try {
        for (let page = 0; page < MAX_PAGES; page += 1) {
          const { received, jobs } = await jobsPage(requestIds, page * JOBS_A_PAGE);
          for (const job of jobs) found.set(job.job_id, job);
          if (received < JOBS_A_PAGE || hasAll()) break;
        }
      } catch (error) {
        if (!isAbsent(error)) throw error;
        if (found.size === 0) return undefined;
      }
      return [...found.values()];
    },
  };
}
