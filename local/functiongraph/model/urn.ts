import { fss } from './error.ts';

export type Place = {
  region: string;
  projectId: string;
  domainId: string;
};

export type FunctionName = { package: string; name: string; qualifier: string | undefined };

const URN =
  /^urn:fss:(?<region>[a-z0-9-]+):(?<project>[0-9A-Za-z]+):function:(?<package>[^:]+):(?<name>[^:]+)(?::!?(?<qualifier>[^:]+))?$/;

/** Reads `urn:fss:<region>:<project>:function:<package>:<name>[:<version or alias>]`. Throws FSS.1309. */
export function parseUrn(urn: string, where: { region: string; projectId: string }): FunctionName {
  const groups = URN.exec(urn)?.groups;
  if (
    groups === undefined ||
    groups['region'] !== where.region ||
    groups['project'] !== where.projectId
  ) {
    throw fss('FSS.1309');
  }
  const { package: group = '', name = '', qualifier } = groups;
  return { package: group, name, qualifier };
}

/** The URN with a version or alias behind it. */
export function versionUrn(
  { package: group, name }: { package: string; name: string },
  qualifier: string,
  { region, projectId }: Pick<Place, 'region' | 'projectId'>,
): string {
  return `urn:fss:${region}:${projectId}:function:${group}:${name}:${qualifier}`;
}
