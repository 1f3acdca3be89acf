import { xmlResponse } from '../wire/responses.ts';
import type { Handler } from './call.ts';
import { ObsError } from '../wire/error.ts';

/** GET ?versioning (obs_04_0038): no Status if never configured. A parallel file system has none (obs_13_0012). */
export const getBucketVersioning: Handler = async ({ settings, traits }) => {
  if (traits.fileSystem === true) throw unsupportedByFileSystem();
  // A lock requires versioning.
  const status = traits.versioning ?? (traits.lock === undefined ? undefined : 'Enabled');
  return xmlResponse(['VersioningConfiguration', [['Status', status]]], settings.region);
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
