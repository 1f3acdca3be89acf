import { fss } from './error.ts';

/** The region and account that functions belong to. */
export type Place = {
  region: string;
  projectId: string;
  domainId: string;
};

type FunctionName = { package: string; name: string; qualifier: string | undefined };

const URN =
  /^urn:fss:(?<region>[a-z0-9-]+):(?<project>[0-9A-Za-z]+):function:(?<package>[^:]+):(?<name>[^:]+)(?::!?(?<qualifier>[^:]+))?$/;

/** Parses `urn:fss:<region>:<project>:function:<package>:<name>[:<version or alias>]`. Throws FSS.1309. */
export function parseUrn(urn: string, place: Pick<Place, 'region' | 'projectId'>): FunctionName {
  const groups = URN.exec(urn)?.groups;
  if (
    groups === undefined ||
    groups['region'] !== place.region ||
    groups['project'] !== place.projectId
  ) {
    throw fss('FSS.1309');
  }
  const { package: group = '', name = '', qualifier } = groups;
  return { package: group, name, qualifier };
}

/** The URN of a function's version `latest`. */
export function functionUrn(
  { package: group, name }: { package: string; name: string },
  { region, projectId }: Pick<Place, 'region' | 'projectId'>,
): string {
  return `urn:fss:${region}:${projectId}:function:${group}:${name}:latest`;
}
