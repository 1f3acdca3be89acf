import { xmlResponse } from '../wire/responses.ts';
import type { Handler } from './call.ts';
import { malformedXml, ObsError } from '../wire/error.ts';
import { parseXml, textOf } from '../wire/parse-xml.ts';
import type { Xml } from '../wire/write-xml.ts';

const MAX_KEYS = 1_000;

/** Deletes up to 1,000 keys; requires Content-MD5 (en-us_topic_0125560366). Absent keys count as deleted. */
export const deleteObjects: Handler = async (call) => {
  const { request, body, backend, bucket, serially, settings } = call;
  for (const header of ['content-md5', 'content-length']) {
    if (request.headers.has(header)) continue;
    const message = `Missing required header for this request: ${header}`;
    throw new ObsError(400, 'MissingRequiredHeader', message);
  }
  const { keys, quiet } = readKeys(body);
  const results: Xml[] = [];
  for (const key of keys) {
    await serially(`${bucket}/${key}`, () => backend.remove(bucket, key));
    if (!quiet) results.push(['Deleted', [['Key', key]]]);
  }
  return xmlResponse(['DeleteResult', results], settings.region);
};

function readKeys(body: Uint8Array): { keys: string[]; quiet: boolean } {
  const root = parseXml(body);
  if (root.name !== 'Delete' || root.text.trim() !== '') throw malformedXml();
  const keys = root.children.flatMap((child) => {
    if (child.name === 'Quiet') return [];
    const key = textOf(child, 'Key');
    const isValid =
      child.name === 'Object' && child.text.trim() === '' && child.children.length === 1;
    if (!isValid || key === undefined || key === '') throw malformedXml();
    return [key];
  });
  if (keys.length === 0 || keys.length > MAX_KEYS) throw malformedXml();
  return { keys, quiet: textOf(root, 'Quiet') === 'true' };
}
