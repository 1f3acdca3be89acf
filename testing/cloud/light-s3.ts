import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';

// Two fifths of the time of a night go into the SDK's S3 client. For nights that do not test it, this one builds the same
// requests, signs them with the SDK's signer, and reads plain successes itself. The SDK judges every other response.

type Request = {
  method: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  key?: string;
  body?: string;
};
type Response = {
  statusCode: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
};
type Fields = Record<string, string | number | undefined>;
type Command = {
  input: Fields;
  middlewareStack: { add(middleware: () => () => Promise<object>, options: object): void };
};
type Operation = {
  request(input: Fields): Request;
  /** Returns what a plain success means, or undefined for a response that the SDK has to judge. */
  read(response: Response, body: Buffer): object | undefined;
};

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const CONTENTS =
  /<Contents><Key>([^<&]+)<\/Key><LastModified>([\d-]{10}T[\d:.]{12}Z)<\/LastModified><ETag>&#34;([0-9a-f-]+)&#34;<\/ETag><Size>(\d+)<\/Size><StorageClass>STANDARD<\/StorageClass><\/Contents>/g;
const EMPTY_LIST =
  /^<\?xml version="1\.0" encoding="UTF-8" standalone="yes"\?>\n<ListBucketResult xmlns="[^"<>]*"><Name>([^<&]+)<\/Name><Prefix>[^<&]*<\/Prefix>(?:<StartAfter>[^<&]*<\/StartAfter>)?(?:<NextContinuationToken>([^<&]+)<\/NextContinuationToken>)?<KeyCount>\d+<\/KeyCount><MaxKeys>\d+<\/MaxKeys><IsTruncated>(true|false)<\/IsTruncated><\/ListBucketResult>$/;

const given = (fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
const key = ({ Key }: Fields): { key: string } => ({ key: String(Key) });

function readObject({ headers }: Response): object | undefined {
  const { etag, 'last-modified': at = '', 'content-length': size = '' } = headers;
  if (etag === undefined || !HTTP_DATE.test(at) || !/^\d+$/.test(size)) return undefined;
  return { ETag: etag, LastModified: new Date(at), ContentLength: Number(size) };
}

function readList(_: Response, body: Buffer): object | undefined {
  const text = body.toString();
  const Contents = [...text.matchAll(CONTENTS)].map(([, Key, at = '', etag, size]) => {
    return { Key, LastModified: new Date(at), ETag: `"${etag}"`, Size: Number(size) };
  });
  const rest = text.replace(CONTENTS, '');
  const [, Name, NextContinuationToken, more] = EMPTY_LIST.exec(rest) ?? [];
  if (Name === undefined) return undefined;
  return { Name, Contents, NextContinuationToken, IsTruncated: more === 'true' };
}

const get: Operation = {
  request: (input) => ({
    ...{ method: 'GET', query: { 'x-id': 'GetObject' }, ...key(input) },
    headers: given({ range: input['Range'] }),
  }),
  read: (response, body) => {
    const facts = readObject(response);
    const Body = {
      transformToString: async () => body.toString(),
      transformToByteArray: async () => new Uint8Array(body),
    };
    return facts && { ...facts, Body };
  },
};
const head: Operation = {
  request: (input) => ({ method: 'HEAD', query: {}, headers: {}, ...key(input) }),
  read: readObject,
};
const put: Operation = {
  request: (input) => ({
    ...{ method: 'PUT', query: { 'x-id': 'PutObject' }, ...key(input) },
    headers: given({
      'content-type': input['ContentType'],
      'content-length': input['ContentLength'],
      'content-md5': input['ContentMD5'],
      'if-none-match': input['IfNoneMatch'],
    }),
    body: String(input['Body']),
  }),
  read: ({ headers }, body) =>
    headers.etag === undefined || body.length > 0 ? undefined : { ETag: headers.etag },
};
const remove: Operation = {
  request: (input) => ({
    ...{ method: 'DELETE', query: { 'x-id': 'DeleteObject' }, headers: {}, ...key(input) },
  }),
  read: (_, body) => (body.length > 0 ? undefined : {}),
};
const list: Operation = {
  request: (input) => ({
    ...{ method: 'GET', headers: {} },
    query: given({
      'list-type': 2,
      'max-keys': input['MaxKeys'],
      prefix: input['Prefix'],
      'continuation-token': input['ContinuationToken'],
      'start-after': input['StartAfter'],
    }),
  }),
  read: readList,
};

const OPERATIONS = new Map<unknown, Operation>([
  [GetObjectCommand, get],
  [HeadObjectCommand, head],
  [PutObjectCommand, put],
  [DeleteObjectCommand, remove],
  [ListObjectsV2Command, list],
]);

const bySdk = S3Client.prototype.send as (this: S3Client, command: Command) => Promise<object>;

async function send(this: S3Client, command: Command): Promise<object> {
  const operation = OPERATIONS.get(command.constructor);
  if (operation === undefined) return bySdk.call(this, command);
  const request = operation.request(command.input);
  const signed = await sign(this, String(command.input['Bucket']), request);
  const { response } = (await this.config.requestHandler.handle(signed as never)) as unknown as {
    response: Response;
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const name = noSuchKey(request.method, response, body);
  if (name !== undefined) throw asThrown(name, response);
  const isSuccess = [200, 204, 206].includes(response.statusCode);
  const result = isSuccess ? operation.read(response, body) : undefined;
  return result ?? judge(this, command, response, body);
}

async function sign({ config }: S3Client, bucket: string, request: Request): Promise<object> {
  const endpoint = await config.endpoint?.();
  if (endpoint === undefined) throw new Error('a light S3 client needs an endpoint');
  const { protocol, port } = endpoint as { protocol: string; port?: number };
  const hostname = `${bucket}.${endpoint.hostname}`;
  const { key: object = '', headers, ...rest } = request;
  const path = `/${object.split('/').map(escape).join('/')}`;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const signer = await signerOf(config);
  const unsigned = { protocol, hostname, port, path, ...rest, headers: { ...headers, host } };
  return signer.sign(unsigned as never, {});
}

type Signer = ReturnType<S3Client['config']['signer']>;

/** The signer of each client's settings: making one takes longer than signing. */
const signers = new WeakMap<object, Signer>();

async function signerOf(config: S3Client['config']): Signer {
  const known = signers.get(config);
  if (known !== undefined) return known;
  const signer = config.signer({
    ...{ name: 'sigv4', signingName: 's3', signingRegion: await config.region() },
    properties: {},
  });
  signers.set(config, signer);
  return signer;
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Returns the SDK's name of the error when the response plainly says that there is no such key. */
function noSuchKey(method: string, { statusCode }: Response, body: Buffer): string | undefined {
  if (statusCode !== 404) return undefined;
  if (method === 'HEAD') return 'NotFound';
  return body.toString().includes('<Error><Code>NoSuchKey</Code>') ? 'NoSuchKey' : undefined;
}

/** The error as the SDK throws it. */
function asThrown(name: string, { statusCode, headers }: Response): Error {
  return Object.assign(new Error('no such key'), {
    name,
    $metadata: { httpStatusCode: statusCode, requestId: headers['x-amz-request-id'] },
    $response: { statusCode, headers },
  });
}

/** Has the SDK read a response that is here already. */
function judge(client: S3Client, command: Command, response: Response, body: Buffer) {
  const here = { ...response, body: Readable.from([body], { objectMode: false }) };
  command.middlewareStack.add(() => async () => ({ response: here }), {
    ...{ step: 'deserialize', priority: 'low', name: 'response-is-here' },
  });
  return bySdk.call(client, command);
}

/** Makes every S3 client of this process a light one. Returns how to undo it. */
export function installLightS3(): () => void {
  S3Client.prototype.send = send as never;
  return () => void (S3Client.prototype.send = bySdk as never);
}

/** Has the tests of a file use light S3 clients. */
export function useLightS3(): void {
  let restore = (): void => undefined;
  beforeAll(() => void (restore = installLightS3()));
  afterAll(() => restore());
}
