import { ReadsSpent } from '../../../errors.ts';
import type { Cph } from '../../../cloud/cph/cph.ts';
import type { Job } from '../../../cloud/cph/job.ts';

/** Finds one unknown id among the twenty of a call. */
const MAX_CALLS = 12;

/** Jobs, and the request ids that CPH has answered for: nothing is known of the others. */
export type ListedJobs = { jobs: Job[]; answered: Set<string> };

type Options = { mayHalve?: () => boolean; wanted?: ReadonlySet<string> | undefined };

/**
 * Lists the jobs of export calls by their request ids. CPH may refuse a list because of one id that it does not know: such a
 * list is halved, with at most twelve calls in all, while `mayHalve` and the reads allow it. What is left stays unanswered. `wanted`: the ids of
 * the jobs that matter, if all are known.
 */
export async function listJobs(
  cph: Pick<Cph, 'listJobs'>,
  requestIds: string[],
  { mayHalve = () => true, wanted }: Options = {},
): Promise<ListedJobs> {
  const listed: ListedJobs = { jobs: [], answered: new Set() };
  const queue = [requestIds];
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const ids = queue.shift();
    if (ids === undefined || (calls > 0 && !mayHalve())) break;
    const jobs = await listOnce(cph, { ids, wanted }, calls > 0);
    if (jobs === 'no_reads') break;
    if (jobs === undefined && ids.length > 1) {
      const middle = Math.ceil(ids.length / 2);
      queue.unshift(ids.slice(0, middle), ids.slice(middle));
      continue;
    }
    listed.jobs.push(...(jobs ?? []));
    for (const id of ids) listed.answered.add(id);
  }
  return listed;
}

/** Returns the jobs; `no_reads` when the reads are spent in the middle of a list: the jobs listed before that are kept. */
async function listOnce(
  cph: Pick<Cph, 'listJobs'>,
  { ids, wanted }: { ids: string[]; wanted: ReadonlySet<string> | undefined },
  isPart: boolean,
): Promise<Job[] | 'no_reads' | undefined> {
  try {
    return await cph.listJobs(ids, wanted);
  } catch (error) {
    if (isPart && error instanceof ReadsSpent) return 'no_reads';
    throw error;
  }
}
