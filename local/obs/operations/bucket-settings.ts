import { bytesOf } from '../storage/payload.ts';
import { versioningOf } from '../storage/versions.ts';
import { malformedXml, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';
import { emptyResponse, xmlResponse } from '../wire/responses.ts';
import type { Handler } from './call.ts';
import { checkAllowed } from './delete-rights.ts';

/** GET ?versioning (obs_04_0038): no Status if never configured. A parallel file system has none (obs_13_0012). */
export const getBucketVersioning: Handler = async ({ settings, traits }) => {
  if (traits.fileSystem === true) throw unsupportedByFileSystem();
  checkAllowed(traits, 'GetBucketVersioning');
  const status = versioningOf(traits);
  return xmlResponse(['VersioningConfiguration', [['Status', status]]], settings.region);
};

/** PUT ?versioning (obs_04_0037). A lock does not allow to suspend it. */
export const putBucketVersioning: Handler = async ({ body, traits, change }) => {
  if (traits.fileSystem === true) throw unsupportedByFileSystem();
  const root = parseXml(bytesOf(body));
  const status = textOf(root, 'Status');
  const isKnown = status === 'Enabled' || status === 'Suspended';
  if (root.name !== 'VersioningConfiguration' || !isKnown) throw malformedXml();
  if (status === 'Suspended' && traits.lock !== undefined) {
    throw new ObsError(409, 'InvalidBucketState', 'Versions are required by WORM.');
  }
  change({ ...traits, versioning: status });
  return emptyResponse(200);
};

/** GET ?object-lock (obs_04_0168): InvalidRequest without WORM. */
export const getObjectLockConfiguration: Handler = async ({ settings, traits: { lock } }) => {
  if (lock === undefined) {
    throw new ObsError(400, 'InvalidRequest', 'Object Lock is not enabled for this bucket.');
  }
  const { days, years } = lock;
  const retention = days ?? years;
  return xmlResponse(
    [
      'ObjectLockConfiguration',
      [
        ['ObjectLockEnabled', 'Enabled'],
        [
          'Rule',
          retention === undefined
            ? undefined
            : [
                [
                  'DefaultRetention',
                  [
                    ['Mode', 'COMPLIANCE'],
                    ['Days', days],
                    ['Years', years],
                  ],
                ],
              ],
        ],
      ],
    ],
    settings.region,
  );
};

const unsupportedByFileSystem = () =>
  new ObsError(405, 'MethodNotAllowed', 'A parallel file system has no such setting.');
