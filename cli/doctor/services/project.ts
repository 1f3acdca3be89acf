import { PhonevaultError } from '../../../lib/errors.ts';
import { failed, ok, unknown, type Verdict } from '../finding/finding.ts';

type Project = { id: string; name: string };

/**
 * Checks that the project belongs to the region: by IAM's list (`list`), or, if that cannot be read, because CPH in the
 * region accepts it (`acceptedByCph`).
 */
export async function checkProject(options: {
  region: string;
  projectId: string;
  list(): Promise<Project[]>;
  acceptedByCph: boolean;
}): Promise<Verdict> {
  const { region, projectId, acceptedByCph } = options;
  let projects: Project[];
  try {
    projects = await options.list();
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    return acceptedByCph
      ? ok(`${projectId}: CPH in ${region} accepts it (no permission to read IAM's list)`)
      : unknown(
          `${projectId}: CPH does not accept it, and there is no permission to read IAM's list`,
          `compare it with the project id of ${region} under My Credentials in the console`,
        );
  }
  const ofRegion = projects.filter(({ name }) => isOf(name, region));
  const found = projects.find(({ id }) => id === projectId);
  if (found !== undefined && isOf(found.name, region)) return ok(`${projectId} is ${found.name}`);
  const fix = `set PHONEVAULT_PROJECT_ID to ${ofRegion.map(({ id }) => id).join(' or ') || `a project of ${region}`}`;
  return found === undefined
    ? failed(`the account has no project ${projectId}`, fix)
    : failed(`${projectId} is ${found.name}, which is not in region ${region}`, fix);
}

/** A region's own project has the region's name; names of others start with it: `cn-north-4_team`. */
const isOf = (name: string, region: string): boolean =>
  name === region || name.startsWith(`${region}_`);
