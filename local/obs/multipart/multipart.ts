import { createHash } from 'node:crypto';
import { bytesOf, type Payload } from '../storage/payload.ts';
import { emptyResponse, xmlResponse } from '../wire/responses.ts';
import type { Handler, ObsCall } from '../operations/call.ts';
import { invalidArgument, malformedXml, ObsError } from '../wire/error.ts';
import { parseXml, textOf, type XmlElement } from '../wire/parse-xml.ts';
import type { Part, Upload } from './uploads.ts';
import { readAttributes, writeObject } from '../operations/write-object.ts';

const MAX_PARTS = 10_000;
const MIN_PART = 5 * 1024 * 1024;

export const createMultipartUpload: Handler = async (call) => {
  const { bucket, key, request, uploads, settings, time } = call;
  const facts = readAttributes(request);
  const { id } = uploads.create({ bucket, key, facts, startedAt: time.now() });
  return xmlResponse(
    [
      'InitiateMultipartUploadResult',
      [
        ['Bucket', bucket],
        ['Key', key],
        ['UploadId', id],
      ],
    ],
    settings.region,
  );
};

export const uploadPart: Handler = async (call) => {
  const upload = await idleUpload(call);
  const number = partNumber(call.query.get('partNumber'));
  if (number === undefined) throw invalidArgument(`partNumber must be 1 to ${MAX_PARTS}`);
  const { body } = call;
  const before = upload.parts.get(number);
  upload.parts.set(number, { payload: body, lastModified: call.time.now() });
  await before?.payload.discard();
  return emptyResponse(200, { etag: `"${body.md5}"` });
};

export const abortMultipartUpload: Handler = async (call) => {
  await call.uploads.delete((await idleUpload(call)).id);
  return emptyResponse(204);
};

/** A client that lost its patience repeats the call meanwhile, and gets the response of the first. */
export const completeMultipartUpload: Handler = async (call) => {
  const { bucket, key, request, settings } = call;
  const { origin, pathname } = new URL(request.url);
  const upload = uploadOf(call);
  const parts = chosenParts(call.body, upload);
  upload.completion ??= join(call, upload, parts).finally(() => (upload.completion = undefined));
  const etag = await upload.completion;
  return xmlResponse(
    [
      'CompleteMultipartUploadResult',
      [
        ['Location', `${origin}${pathname}`],
        ['Bucket', bucket],
        ['Key', key],
        ['ETag', `"${etag}"`],
      ],
    ],
    settings.region,
  );
};

/** Returns the ETag: `<MD5 of the parts' MD5s>-<parts>`, not the MD5 of the bytes; HEAD shows it too. */
async function join(call: ObsCall, upload: Upload, parts: Part[]): Promise<string> {
  const whole = await call.spool.join(parts.map(({ payload }) => payload));
  const md5s = Buffer.concat(parts.map(({ payload }) => Buffer.from(payload.md5, 'hex')));
  const etag = `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`;
  await writeObject(call, whole, { ...upload.facts, etag });
  await call.uploads.delete(upload.id);
  return etag;
}

/** Returns an upload whose parts may be changed. Throws NoSuchUpload, also when it is complete in the end. */
async function idleUpload(call: ObsCall): Promise<Upload> {
  await uploadOf(call).completion?.catch(() => undefined);
  return uploadOf(call);
}

function uploadOf({ uploads, query, bucket, key }: ObsCall): Upload {
  return uploads.get(query.get('uploadId') ?? '', bucket, key);
}

function partNumber(text: string | undefined): number | undefined {
  const number = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return number >= 1 && number <= MAX_PARTS ? number : undefined;
}

function chosenParts(body: Payload, upload: Upload): Part[] {
  const root = parseXml(bytesOf(body));
  if (root.name !== 'CompleteMultipartUpload' || root.children.length === 0) throw malformedXml();
  const wanted = root.children.map(readPart);
  if (wanted.some(({ number }, i) => number <= (wanted[i - 1]?.number ?? 0))) {
    throw new ObsError(400, 'InvalidPartOrder', 'The parts are not in ascending order.');
  }
  const parts = wanted.map(({ number, etag }) => {
    const part = upload.parts.get(number);
    if (part?.payload.md5 === etag) return part;
    throw new ObsError(400, 'InvalidPart', 'One or more of the parts could not be found.');
  });
  if (parts.slice(0, -1).some((part) => part.payload.size < MIN_PART)) {
    throw new ObsError(400, 'EntityTooSmall', 'A part but the last is smaller than 5 MiB.');
  }
  return parts;
}

function readPart(element: XmlElement): { number: number; etag: string } {
  const number = partNumber(textOf(element, 'PartNumber'));
  const etag = textOf(element, 'ETag')?.replace(/^"(.*)"$/, '$1');
  if (element.name !== 'Part' || number === undefined || etag === undefined) throw malformedXml();
  return { number, etag };
}
