import { createHash } from 'node:crypto';
import { readBody } from '../../http/body.ts';
import { sha256Hex } from './canonical.ts';
import { UNSIGNED } from './credential.ts';
import { notImplemented, ObsError } from '../wire/error.ts';

/**
 * Returns the body, at most `limit` bytes, after checking it against the signed hash and the headers. Throws
 * XAmzContentSHA256Mismatch, MissingContentLength, EntityTooLarge, IncompleteBody, InvalidDigest, BadDigest.
 */
export async function checkedBody(
  request: Request,
  signed: { payloadHash: string; unsignedPayload: 'allowed' | 'refused' },
  limit: number,
): Promise<Uint8Array> {
  const { payloadHash, unsignedPayload } = signed;
  if (payloadHash.startsWith('STREAMING-AWS4-')) throw notImplemented('Signed chunks');
  const isHash = /^[0-9a-f]{64}$/.test(payloadHash);
  // OBS refuses STREAMING-UNSIGNED-PAYLOAD-TRAILER in the same way.
  if (!isHash && (payloadHash !== UNSIGNED || unsignedPayload === 'refused')) throw wrongHash();

  const declared = request.headers.get('content-length');
  if (request.headers.has('transfer-encoding')) throw missingLength();
  const body = await readBody(request, limit);
  if (body === undefined) {
    throw new ObsError(400, 'EntityTooLarge', `The body exceeds ${limit} bytes.`);
  }
  if (declared === null && body.byteLength > 0) throw missingLength();
  if (declared !== null && Number(declared) !== body.byteLength) {
    throw new ObsError(400, 'IncompleteBody', 'The body is not as long as Content-Length says.');
  }
  if (isHash && sha256Hex(body) !== payloadHash) throw wrongHash();
  checkMd5(request.headers.get('content-md5'), body);
  return body;
}

function checkMd5(header: string | null, body: Uint8Array): void {
  if (header === null) return;
  if (!/^[A-Za-z0-9+/]{22}==$/.test(header)) {
    throw new ObsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  if (createHash('md5').update(body).digest('base64') !== header) {
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
