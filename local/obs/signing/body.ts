import { chunksOf } from '../../http/body.ts';
import type { Payload } from '../storage/payload.ts';
import type { Spool } from '../storage/spool.ts';
import { UNSIGNED } from './credential.ts';
import { notImplemented, ObsError } from '../wire/error.ts';

/**
 * Returns the body, at most `limit` bytes, after checking it against the signed hash and the headers. Throws
 * XAmzContentSHA256Mismatch, MissingContentLength, EntityTooLarge, IncompleteBody, InvalidDigest, BadDigest.
 */
export async function checkedBody(
  request: Request,
  signed: { payloadHash: string; unsignedPayload: 'allowed' | 'refused' },
  { spool, limit }: { spool: Spool; limit: number },
): Promise<Payload> {
  const { payloadHash, unsignedPayload } = signed;
  if (payloadHash.startsWith('STREAMING-AWS4-')) throw notImplemented('Signed chunks');
  const isHash = /^[0-9a-f]{64}$/.test(payloadHash);
  // OBS refuses STREAMING-UNSIGNED-PAYLOAD-TRAILER in the same way.
  if (!isHash && (payloadHash !== UNSIGNED || unsignedPayload === 'refused')) throw wrongHash();

  const declared = request.headers.get('content-length');
  if (request.headers.has('transfer-encoding')) throw missingLength();
  const received =
    Number(declared ?? 0) > limit ? undefined : await spool.receive(chunksOf(request), limit);
  if (received === undefined) {
    throw new ObsError(400, 'EntityTooLarge', `The body exceeds ${limit} bytes.`);
  }
  const { payload, sha256 } = received;
  try {
    if (declared === null && payload.size > 0) throw missingLength();
    if (declared !== null && Number(declared) !== payload.size) {
      throw new ObsError(400, 'IncompleteBody', 'The body is not as long as Content-Length says.');
    }
    if (isHash && sha256 !== payloadHash) throw wrongHash();
    checkMd5(request.headers.get('content-md5'), payload);
  } catch (error) {
    await payload.discard();
    throw error;
  }
  return payload;
}

function checkMd5(header: string | null, { md5 }: Payload): void {
  if (header === null) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(header)) {
    throw new ObsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (Buffer.from(md5, 'hex').toString('base64') !== header) {
    throw new ObsError(400, 'BadDigest', 'The Content-MD5 did not match what was received.');
  }
}

const missingLength = () =>
  new ObsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');

const wrongHash = () =>
  new ObsError(
    400,
    'XAmzContentSHA256Mismatch',
    'The provided x-amz-content-sha256 header does not match what was computed.',
  );
