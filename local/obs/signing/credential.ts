import { targetOf } from '../../http/raw-request.ts';
import { queryPairs } from './canonical.ts';
import { ObsError } from '../wire/error.ts';

/** The signature parameters of a request, from its headers or its presigned query. */
export type Credential = {
  accessKey: string;
  /** `YYYYMMDD`, region, service and `aws4_request`, as signed. */
  scope: string[];
  signedHeaders: string[];
  signature: string;
  /** `YYYYMMDDTHHMMSSZ` */
  date: string;
  securityToken: string;
  payloadHash: string;
  /** Seconds that a presigned URL is valid; undefined for signed headers. */
  expires: number | undefined;
};

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^,\s]{1,256}), ?SignedHeaders=((?:[a-z0-9_-]+;)*[a-z0-9_-]+), ?Signature=([0-9a-f]{64})$/;

export const UNSIGNED = 'UNSIGNED-PAYLOAD';
const MAX_EXPIRES = 604_800;

/** Reads the signature of a request. Throws AccessDenied without one, InvalidRequest if it is malformed. */
export function credentialOf(request: Request): Credential {
  const header = request.headers.get('authorization');
  const query = new Map(queryPairs(targetOf(request).query));
  if (query.has('X-Amz-Algorithm')) {
    if (header !== null)
      throw invalidRequest('A request is signed in its header or in its query, not both.');
    return fromQuery(query, request.headers.get('x-amz-content-sha256'));
  }
  if (query.has('Signature') || query.has('AWSAccessKeyId') || query.has('AccessKeyId')) {
    throw unsupportedScheme();
  }
  if (header === null) throw new ObsError(403, 'AccessDenied', 'Access Denied');
  if (!header.startsWith('AWS4-HMAC-SHA256 ')) throw unsupportedScheme();
  const match = HEADER.exec(header);
  if (match === null) throw invalidRequest('The authorization header is malformed.');
  const payloadHash = request.headers.get('x-amz-content-sha256');
  if (payloadHash === null) {
    throw new ObsError(400, 'MissingSecurityHeader', 'x-amz-content-sha256 is missing.');
  }
  const [, credential = '', names = '', signature = ''] = match;
  return {
    ...splitCredential(credential),
    signedHeaders: names.split(';'),
    signature,
    date: request.headers.get('x-amz-date') ?? '',
    securityToken: request.headers.get('x-amz-security-token') ?? '',
    payloadHash,
    expires: undefined,
  };
}

function fromQuery(query: Map<string, string>, payloadHeader: string | null): Credential {
  const expires = query.get('X-Amz-Expires') ?? '';
  const signature = query.get('X-Amz-Signature') ?? '';
  const names = query.get('X-Amz-SignedHeaders') ?? '';
  const isValid =
    query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' &&
    /^[1-9]\d{0,5}$/.test(expires) &&
    Number(expires) <= MAX_EXPIRES &&
    /^[0-9a-f]{64}$/.test(signature) &&
    /^[a-z0-9_-]+(?:;[a-z0-9_-]+)*$/.test(names);
  if (!isValid) throw invalidRequest('The query is not that of a presigned URL.');
  return {
    ...splitCredential(query.get('X-Amz-Credential') ?? ''),
    signedHeaders: names.split(';'),
    signature,
    date: query.get('X-Amz-Date') ?? '',
    securityToken: query.get('X-Amz-Security-Token') ?? '',
    payloadHash: payloadHeader ?? query.get('X-Amz-Content-Sha256') ?? UNSIGNED,
    expires: Number(expires),
  };
}

function splitCredential(text: string): { accessKey: string; scope: string[] } {
  const [accessKey = '', ...scope] = text.split('/');
  return { accessKey, scope };
}

const invalidRequest = (why: string) => new ObsError(400, 'InvalidRequest', why);

const unsupportedScheme = () =>
  invalidRequest(
    'This server verifies AWS4-HMAC-SHA256 only, not Signature V2 and not the OBS signature.',
  );
