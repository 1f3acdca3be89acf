import { compareBytes } from '../storage/byte-order.ts';
import { xmlResponse } from '../wire/responses.ts';
import type { Xml } from '../wire/write-xml.ts';
import type { Handler, ObsCall } from '../operations/call.ts';
import { encoderOf, readMax } from '../operations/list-items.ts';
import type { Part, Upload } from './uploads.ts';

const owner = (name: string, id: string): Xml => [name, [['ID', id]]];
const date = (ms: number) => new Date(ms).toISOString();

/** GET ?uploads (obs_04_0100), by key, then by start. Throws InvalidArgument. */
export const listMultipartUploads: Handler = async (call) => {
  const { query, bucket, settings, uploads, ownerId } = call;
  const encode = encoderOf(query.get('encoding-type'));
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const max = readMax(query.get('max-uploads'), 'max-uploads');
  const found = uploads
    .inBucket(bucket)
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => compareBytes(a.key, b.key) || a.startedAt - b.startedAt);
  const left = afterMarkers(found, call);
  const commonOf = ({ key }: Upload): string | undefined => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end === -1 ? undefined : key.slice(0, end + delimiter.length);
  };
  const page = left.slice(0, max);
  const last = left.length > max ? page.at(-1) : undefined;
  const prefixes = new Set(page.flatMap((upload) => commonOf(upload) ?? []));
  const facts: Xml[] = [
    ['Bucket', bucket],
    ['KeyMarker', encode(query.get('key-marker') ?? '')],
    ['UploadIdMarker', query.get('upload-id-marker') ?? ''],
    ['NextKeyMarker', last && encode(last.key)],
    ['NextUploadIdMarker', last?.id],
    ['Prefix', encode(prefix)],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', query.get('encoding-type')],
    ['MaxUploads', max],
    ['IsTruncated', last !== undefined],
    ...page
      .filter((upload) => commonOf(upload) === undefined)
      .map((upload) => uploadXml(upload, encode, ownerId)),
    ...[...prefixes].map((one): Xml => ['CommonPrefixes', [['Prefix', encode(one)]]]),
  ];
  return xmlResponse(['ListMultipartUploadsResult', facts], settings.region);
};

/** GET ?uploadId (obs_04_0101). Throws NoSuchUpload, InvalidArgument. */
export const listParts: Handler = async ({ query, bucket, key, settings, uploads, ownerId }) => {
  const upload = uploads.get(query.get('uploadId') ?? '', bucket, key);
  const marker = Number(query.get('part-number-marker') ?? 0) || 0;
  const max = readMax(query.get('max-parts'), 'max-parts');
  const left = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = left.slice(0, max);
  const last = left.length > max ? page.at(-1)?.[0] : undefined;
  const facts: Xml[] = [
    ['Bucket', bucket],
    ['Key', encoderOf(query.get('encoding-type'))(key)],
    ['UploadId', upload.id],
    owner('Initiator', ownerId),
    owner('Owner', ownerId),
    ['StorageClass', 'STANDARD'],
    ['PartNumberMarker', marker],
    ['NextPartNumberMarker', last],
    ['EncodingType', query.get('encoding-type')],
    ['MaxParts', max],
    ['IsTruncated', last !== undefined],
    ...page.map(([number, part]) => partXml(number, part)),
  ];
  return xmlResponse(['ListPartsResult', facts], settings.region);
};

/** Returns the uploads after `key-marker`: with `upload-id-marker` the later ones of that key too. */
function afterMarkers(uploads: Upload[], { query }: ObsCall): Upload[] {
  const key = query.get('key-marker');
  if (key === undefined) return uploads;
  const id = query.get('upload-id-marker');
  const at = uploads.findIndex((upload) => upload.key === key && upload.id === id);
  if (at !== -1) return uploads.slice(at + 1);
  return uploads.filter((upload) => compareBytes(upload.key, key) > 0);
}

function uploadXml(upload: Upload, encode: (text: string) => string, ownerId: string): Xml {
  return [
    'Upload',
    [
      ['Key', encode(upload.key)],
      ['UploadId', upload.id],
      owner('Initiator', ownerId),
      owner('Owner', ownerId),
      ['StorageClass', 'STANDARD'],
      ['Initiated', date(upload.startedAt)],
    ],
  ];
}

function partXml(number: number, part: Part): Xml {
  return [
    'Part',
    [
      ['PartNumber', number],
      ['LastModified', date(part.lastModified)],
      ['ETag', `"${part.payload.md5}"`],
      ['Size', part.payload.size],
    ],
  ];
}
