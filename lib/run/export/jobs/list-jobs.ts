import type { Cph } from '../../../cloud/cph/cph.ts';
import type { Job } from '../../../cloud/cph/job.ts';

/** Finds one unknown id among the twenty of a call. */
const MAX_CALLS = 12;

/** Jobs, and the request ids that CPH has answered for: nothing is known of the others. */
export type ListedJobs = { jobs: Job[]; answered: Set<string> };

/**
 * Lists the jobs of export calls by their request ids. CPH may refuse a list because of one id that it does not know: such a
 * list is halved, with at most twelve calls in all. `halve`: false leaves a refused list unanswered.
 */
export async function listJobs(
  cph: Pick<Cph, 'listJobs'>,
  requestIds: string[],
  halve = true,
): Promise<ListedJobs> {
  const listed: ListedJobs = { jobs: [], answered: new Set() };
  const queue = [requestIds];
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const ids = queue.shift();
    if (ids === undefined) break;
    const jobs = await cph.listJobs(ids);
    if (jobs === undefined && ids.length > 1) {
      const middle = Math.ceil(ids.length / 2);
      if (halve) queue.unshift(ids.slice(0, middle), ids.slice(middle));
      continue;
    }
    listed.jobs.push(...(jobs ?? []));
    for (const id of ids) listed.answered.add(id);
  }
  return listed;
}
