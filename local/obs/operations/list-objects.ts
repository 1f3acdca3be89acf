import type { ObjectRecord } from '../storage/backend.ts';
import { xmlResponse } from '../wire/responses.ts';
import { compareBytes, lowerBound } from '../storage/byte-order.ts';
import type { Handler, ObsCall } from './call.ts';
import { encode as percentEncode } from '../../http/raw-request.ts';
import { invalidArgument } from '../wire/error.ts';
import type { Xml } from '../wire/write-xml.ts';

const MAX_KEYS = 1_000;

type Item = { kind: 'key'; record: ObjectRecord } | { kind: 'prefix'; prefix: string };
/** Where the next page starts: after a key, or after all keys under a common prefix. */
type Position = { kind: 'key' | 'prefix'; text: string };

/** GET Bucket V2 (en-us_topic_0000001358895697). Throws InvalidArgument. */
export const listObjects: Handler = async (call) => {
  const { query, bucket, settings, ownerId } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = readMaxKeys(query.get('max-keys'));
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const encode = encoderOf(query.get('encoding-type'));
  const owner = query.get('fetch-owner') === 'true' ? ownerId : undefined;

  const position: Position =
    token === undefined ? { kind: 'key', text: startAfter ?? '' } : readToken(token);
  const items = takeItems(
    await visibleRecords(call, prefix),
    { prefix, delimiter, position },
    maxKeys + 1,
  );
  const page = items.slice(0, maxKeys);
  const isTruncated = items.length > maxKeys;
  const last = page.at(-1);
  return xmlResponse(
    [
      'ListBucketResult',
      [
        ['Name', bucket],
        ['Prefix', encode(prefix)],
        ['StartAfter', startAfter === undefined ? undefined : encode(startAfter)],
        ['ContinuationToken', token],
        ['NextContinuationToken', isTruncated && last !== undefined ? writeToken(last) : undefined],
        ['KeyCount', page.length],
        ['MaxKeys', maxKeys],
        ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
        ['EncodingType', query.get('encoding-type')],
        ['IsTruncated', isTruncated],
        ...page.flatMap((item) =>
          item.kind === 'key' ? [contents(item.record, encode, owner)] : [],
        ),
        ...page.flatMap((item): Xml[] =>
          item.kind === 'prefix' ? [['CommonPrefixes', [['Prefix', encode(item.prefix)]]]] : [],
        ),
      ],
    ],
    settings.region,
  );
};

async function visibleRecords(call: ObsCall, prefix: string): Promise<ObjectRecord[]> {
  const { backend, bucket, settings, time } = call;
  const records = await backend.list(bucket, prefix);
  if (settings.listDelayMs <= 0) return records;
  const newest = time.now() - settings.listDelayMs / time.speed();
  return records.filter((record) => record.lastModified <= newest);
}

/** Returns the first `max` keys and common prefixes after the position. */
function takeItems(
  records: readonly ObjectRecord[],
  { prefix, delimiter, position }: { prefix: string; delimiter: string; position: Position },
  max: number,
): Item[] {
  const items: Item[] = [];
  let common = position.kind === 'prefix' ? position.text : undefined;
  const isPassed = ({ key }: ObjectRecord) =>
    (common !== undefined && key.startsWith(common)) || compareBytes(key, position.text) <= 0;
  for (let i = lowerBound(records, position.text, ({ key }) => key); i < records.length; i += 1) {
    const record = records[i] as ObjectRecord;
    if (isPassed(record)) continue;
    if (items.length === max) break;
    const end = delimiter === '' ? -1 : record.key.indexOf(delimiter, prefix.length);
    if (end === -1) {
      items.push({ kind: 'key', record });
    } else {
      common = record.key.slice(0, end + delimiter.length);
      items.push({ kind: 'prefix', prefix: common });
    }
  }
  return items;
}

function contents(record: ObjectRecord, encode: (text: string) => string, owner?: string): Xml {
  return [
    'Contents',
    [
      ['Key', encode(record.key)],
      ['LastModified', new Date(record.lastModified).toISOString()],
      ['ETag', `"${record.etag}"`],
      ['Size', record.size],
      ['Owner', owner === undefined ? undefined : [['ID', owner]]],
      ['StorageClass', 'STANDARD'],
    ],
  ];
}

function readMaxKeys(text: string | undefined): number {
  if (text === undefined) return MAX_KEYS;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw invalidArgument('max-keys');
  return Math.min(Number(text), MAX_KEYS);
}

function encoderOf(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url') throw invalidArgument('encoding-type');
  return (text) => percentEncode(text).replaceAll('%2F', '/');
}

function writeToken(item: Item): string {
  const text = item.kind === 'key' ? `k${item.record.key}` : `p${item.prefix}`;
  return Buffer.from(text).toString('base64url');
}

function readToken(token: string): Position {
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^[kp]./s.test(text) || Buffer.from(text).toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect');
  }
  return { kind: text.startsWith('k') ? 'key' : 'prefix', text: text.slice(1) };
}
