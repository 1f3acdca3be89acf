import { xmlResponse } from '../wire/responses.ts';
import type { Handler, ObsCall } from './call.ts';
import { invalidArgument } from '../wire/error.ts';
import type { Xml } from '../wire/write-xml.ts';
import {
  contents,
  encoderOf,
  type Item,
  type Position,
  readMax,
  takeItems,
  visibleRecords,
} from './list-items.ts';

/** GET Bucket V2 (en-us_topic_0000001358895697). Throws InvalidArgument. */
export const listObjectsV2: Handler = async (call) => {
  const { query, ownerId } = call;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const encode = encoderOf(query.get('encoding-type'));
  const from: Position =
    token === undefined ? { kind: 'key', text: startAfter ?? '' } : readToken(token);
  const { items, last, maxKeys } = await readPage(call, from);
  const owner = query.get('fetch-owner') === 'true' ? ownerId : undefined;
  return listResponse(call, { items, last, maxKeys, owner }, [
    ['StartAfter', startAfter === undefined ? undefined : encode(startAfter)],
    ['ContinuationToken', token],
    ['NextContinuationToken', last === undefined ? undefined : writeToken(last)],
    ['KeyCount', items.length],
  ]);
};

/** GET Bucket (en-us_topic_0125560361): by marker, always with the owner. Throws InvalidArgument. */
export const listObjects: Handler = async (call) => {
  const { query, ownerId } = call;
  const marker = query.get('marker') ?? '';
  const encode = encoderOf(query.get('encoding-type'));
  const { items, last, maxKeys } = await readPage(call, positionOf(marker, query));
  const next = last === undefined ? undefined : textOf(last);
  return listResponse(call, { items, last, maxKeys, owner: ownerId }, [
    ['Marker', encode(marker)],
    ['NextMarker', next === undefined ? undefined : encode(next)],
  ]);
};

type Page = {
  items: Item[];
  /** The last item of the page if there are more; else undefined. */
  last: Item | undefined;
  maxKeys: number;
};

async function readPage(call: ObsCall, position: Position): Promise<Page> {
  const { query } = call;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = readMax(query.get('max-keys'), 'max-keys');
  const records = await visibleRecords(call, prefix);
  const found = takeItems(records, { prefix, delimiter, position }, maxKeys + 1);
  const items = found.slice(0, maxKeys);
  return { items, last: found.length > maxKeys ? items.at(-1) : undefined, maxKeys };
}

function listResponse(
  { query, bucket, settings }: ObsCall,
  { items, last, maxKeys, owner }: Page & { owner: string | undefined },
  place: Xml[],
): Response {
  const encode = encoderOf(query.get('encoding-type'));
  const delimiter = query.get('delimiter') ?? '';
  const facts: Xml[] = [
    ['Name', bucket],
    ['Prefix', encode(query.get('prefix') ?? '')],
    ...place,
    ['MaxKeys', maxKeys],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', query.get('encoding-type')],
    ['IsTruncated', last !== undefined],
    ...items.flatMap((item) => (item.kind === 'key' ? [contents(item.record, encode, owner)] : [])),
    ...items.flatMap((item): Xml[] =>
      item.kind === 'prefix' ? [['CommonPrefixes', [['Prefix', encode(item.prefix)]]]] : [],
    ),
  ];
  return xmlResponse(['ListBucketResult', facts], settings.region);
}

/** A marker that is a common prefix stands for all keys under it. */
function positionOf(marker: string, query: ReadonlyMap<string, string>): Position {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const end =
    marker.startsWith(prefix) && delimiter !== '' ? marker.indexOf(delimiter, prefix.length) : -1;
  const isPrefix = end !== -1 && end + delimiter.length === marker.length;
  return { kind: isPrefix ? 'prefix' : 'key', text: marker };
}

const textOf = (item: Item) => (item.kind === 'key' ? item.record.key : item.prefix);

function writeToken(item: Item): string {
  return Buffer.from(`${item.kind === 'key' ? 'k' : 'p'}${textOf(item)}`).toString('base64url');
}

function readToken(token: string): Position {
  const text = Buffer.from(token, 'base64url').toString();
  if (!/^[kp]./s.test(text) || Buffer.from(text).toString('base64url') !== token) {
    throw invalidArgument('The continuation token provided is incorrect');
  }
  return { kind: text.startsWith('k') ? 'key' : 'prefix', text: text.slice(1) };
}
