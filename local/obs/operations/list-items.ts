import { encode as percentEncode } from '../../http/raw-request.ts';
import { nativeName } from '../classes/classes.ts';
import type { ObjectRecord } from '../storage/backend.ts';
import { compareBytes, lowerBound } from '../storage/byte-order.ts';
import { invalidArgument } from '../wire/error.ts';
import type { Xml } from '../wire/write-xml.ts';
import type { ObsCall } from './call.ts';

const MAX_KEYS = 1_000;

export type Item = { kind: 'key'; record: ObjectRecord } | { kind: 'prefix'; prefix: string };
/** Where the next page starts: after a key, or after all keys under a common prefix. */
export type Position = { kind: 'key' | 'prefix'; text: string };

/** Returns the records that a LIST shows. */
export async function visibleRecords(call: ObsCall, prefix: string): Promise<ObjectRecord[]> {
  const { backend, bucket, settings, time } = call;
  const records = await backend.list(bucket, prefix);
  if (settings.listDelayMs <= 0) return records;
  const newest = time.now() - settings.listDelayMs / time.speed();
  return records.filter((record) => record.lastModified <= newest);
}

/** Returns the first `max` keys and common prefixes after the position. */
export function takeItems(
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

/** Returns the element of an object. */
export function contents(
  record: ObjectRecord,
  encode: (text: string) => string,
  owner?: string,
): Xml {
  return [
    'Contents',
    [
      ['Key', encode(record.key)],
      ['LastModified', new Date(record.lastModified).toISOString()],
      ['ETag', `"${record.etag}"`],
      ['Size', record.size],
      ['Owner', owner === undefined ? undefined : [['ID', owner]]],
      ['StorageClass', nativeName(record.storageClass)],
    ],
  ];
}

/** Reads the size of a page. Throws InvalidArgument. */
export function readMax(text: string | undefined, name: string): number {
  if (text === undefined) return MAX_KEYS;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw invalidArgument(name);
  return Math.min(Number(text), MAX_KEYS);
}

/** Returns how keys are written. Throws InvalidArgument. */
export function encoderOf(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type !== 'url') throw invalidArgument('encoding-type');
  return (text) => percentEncode(text).replaceAll('%2F', '/');
}
