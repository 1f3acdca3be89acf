import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ObjectBackend } from '../../obs/storage/backend.ts';
import { decode } from '../../http/raw-request.ts';
import { fss } from '../model/error.ts';
import { isZip } from './unzip.ts';
import type { Code } from '../model/function.ts';

const MB = 1024 * 1024;
const MAX_ZIP = 50 * MB;
const MAX_ZIP_IN_OBS = 300 * MB;
const MAX_INLINE = 10 * 1024;

/** A name, never a path: inline code is written to a file of that name. */
const FILE_NAME = /^(?!\.{1,2}$)[\w. -]{1,255}$/;

const codeSchema = z.object({
  code_type: z.enum(['inline', 'zip', 'obs']),
  code_url: z.string().nullish(),
  code_filename: z.string().nullish(),
  func_code: z.object({ file: z.string().nullish() }).nullish(),
});

/** Reads the code of a create or update. Throws FSS.1006, 1010, 1011, 1012, 1054, 1071, 1072. */
export async function readCode(body: unknown, backend: ObjectBackend): Promise<Code> {
  const parsed = codeSchema.safeParse(body);
  if (!parsed.success) {
    throw fss(parsed.error.issues[0]?.path[0] === 'code_type' ? 'FSS.1006' : 'FSS.1011');
  }
  const { code_type: type, code_url, code_filename } = parsed.data;
  if (!FILE_NAME.test(code_filename ?? 'index.js')) throw fss('FSS.1011', 'code_filename');
  const bytes =
    type === 'obs'
      ? await fromObs(code_url ?? '', backend)
      : fromBody(type, parsed.data.func_code?.file ?? '');
  return {
    type,
    url: type === 'obs' ? (code_url ?? '') : '',
    filename: code_filename ?? (type === 'inline' ? 'index.js' : 'code.zip'),
    bytes,
    digest: createHash('sha512').update(bytes).digest('hex'),
  };
}

function fromBody(type: 'inline' | 'zip', file: string): Uint8Array {
  if (file === '') throw fss('FSS.1012');
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(file)) throw fss('FSS.1011', 'not Base64');
  const bytes = Buffer.from(file, 'base64');
  if (type === 'inline') {
    if (bytes.length > MAX_INLINE) throw fss('FSS.1072');
    return bytes;
  }
  if (bytes.length > MAX_ZIP) throw fss('FSS.1071');
  if (!isZip(bytes)) throw fss('FSS.1011', 'not a zip');
  return bytes;
}

async function fromObs(url: string, backend: ObjectBackend): Promise<Uint8Array> {
  const match = /^https?:\/\/([^./]+)\.obs\.[^/]+\/(.+)$/.exec(url);
  const [, bucket = '', key = ''] = match ?? [];
  if (match === null) throw fss('FSS.1010');
  if (!(await backend.hasBucket(bucket))) throw fss('FSS.1054');
  const size = (await backend.stat(bucket, decode(key)))?.size ?? 0;
  if (size > MAX_ZIP_IN_OBS) throw fss('FSS.1071');
  const object = await backend.read(bucket, decode(key));
  if (object === undefined) throw fss('FSS.1054');
  if (!isZip(object.body)) throw fss('FSS.1011', 'not a zip');
  return object.body;
}
