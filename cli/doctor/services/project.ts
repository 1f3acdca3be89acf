import { PhonevaultError } from '../../../lib/errors.ts';
import { failed, ok, unknown, type Verdict } from '../finding.ts';

type Project = { id: string; name: string };

/**
 * Whether the project is one of the region. IAM's list decides where it may be read (`list`); else that CPH in the region
 * has answered for it (`answered`).
 */
export async function checkProject(options: {
  region: string;
  projectId: string;
  list(): Promise<Project[]>;
  answered: boolean;
}): Promise<Verdict> {
  const { region, projectId, answered } = options;
  let projects: Project[];
  try {
    projects = await options.list();
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    return answered
      ? ok(`${projectId}: CPH in ${region} answers for it (IAM's list may not be read)`)
      : unknown(
          `${projectId}: CPH does not answer for it, and IAM's list may not be read`,
          `compare it with the project id of ${region} under My Credentials in the console`,
        );
  }
  const ofRegion = projects.filter(({ name }) => isOf(name, region));
  const found = projects.find(({ id }) => id === projectId);
  if (found !== undefined && isOf(found.name, region)) return ok(`${projectId} is ${found.name}`);
  const fix = `set PHONEVAULT_PROJECT_ID to ${ofRegion.map(({ id }) => id).join(' or ') || `a project of ${region}`}`;
  return found === undefined
    ? failed(`the account has no project ${projectId}`, fix)
    : failed(`${projectId} is ${found.name}, not of the region ${region}`, fix);
}

/** A region's own project has its name; others of the region begin with it: `cn-north-4_team`. */
const isOf = (name: string, region: string): boolean =>
  name === region || name.startsWith(`${region}_`);
