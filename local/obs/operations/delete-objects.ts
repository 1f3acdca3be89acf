import { bytesOf, type Payload } from '../storage/payload.ts';
import { xmlResponse } from '../wire/responses.ts';
import type { Handler } from './call.ts';
import { type Deleted, deleteOne } from './delete-one.ts';
import { malformedXml, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';
import type { Xml } from '../wire/write-xml.ts';

const MAX_KEYS = 1_000;

/** Deletes up to 1,000 keys; requires Content-MD5 (en-us_topic_0125560366). Absent keys count as deleted. */
export const deleteObjects: Handler = async (call) => {
  const { request, body, settings } = call;
  for (const header of ['content-md5', 'content-length']) {
    if (request.headers.has(header)) continue;
    const message = `Missing required header for this request: ${header}`;
    throw new ObsError(400, 'MissingRequiredHeader', message);
  }
  const { targets, quiet } = readTargets(body);
  const results: Xml[] = [];
  for (const { key, versionId } of targets) {
    try {
      const deleted = await deleteOne(call, key, versionId);
      if (!quiet) results.push(deletedXml(key, deleted));
    } catch (error) {
      if (!(error instanceof ObsError)) throw error;
      const facts: Xml[] = [
        ['Key', key],
        ['VersionId', versionId],
        ['Code', error.code],
        ['Message', error.message],
      ];
      results.push(['Error', facts]);
    }
  }
  return xmlResponse(['DeleteResult', results], settings.region);
};

function deletedXml(key: string, { versionId, markerId, isMarker }: Deleted): Xml {
  return [
    'Deleted',
    [
      ['Key', key],
      ['VersionId', versionId],
      ['DeleteMarker', isMarker ? true : undefined],
      ['DeleteMarkerVersionId', markerId],
    ],
  ];
}

type Target = { key: string; versionId: string | undefined };

function readTargets(body: Payload): { targets: Target[]; quiet: boolean } {
  const root = parseXml(bytesOf(body));
  if (root.name !== 'Delete' || root.text.trim() !== '') throw malformedXml();
  const targets = root.children.flatMap((child): Target[] => {
    if (child.name === 'Quiet') return [];
    const key = textOf(child, 'Key');
    const versionId = textOf(child, 'VersionId');
    const parts = versionId === undefined ? 1 : 2;
    const isValid =
      child.name === 'Object' && child.text.trim() === '' && child.children.length === parts;
    if (!isValid || key === undefined || key === '') throw malformedXml();
    return [{ key, versionId }];
  });
  if (targets.length === 0 || targets.length > MAX_KEYS) throw malformedXml();
  return { targets, quiet: textOf(root, 'Quiet') === 'true' };
}
