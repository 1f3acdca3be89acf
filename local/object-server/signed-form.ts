import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { canonicalRequest, sha256Hex } from '../obs/signing/canonical.ts';
import { rawRequest } from '../http/raw-request.ts';
import { loopbackLookup, type ObjectServer } from './client.ts';

const TIMEOUT_MS = 10_000;

/**
 * Posts a form to the server's root, signed with Signature V4 for `service`, as AWS's STS and IAM require. Rejects if there
 * is no response.
 */
export async function postSignedForm(
  { url, region, keys }: ObjectServer,
  service: string,
  form: Record<string, string>,
): Promise<{ status: number; body: Buffer }> {
  const target = new URL('/', url);
  const body = new URLSearchParams(form).toString();
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    host: target.host,
    'x-amz-content-sha256': sha256Hex(body),
    'x-amz-date': date,
    ...(keys.securityToken === undefined ? {} : { 'x-amz-security-token': keys.securityToken }),
  };
  const names = Object.keys(headers).sort();
  const scope = [date.slice(0, 8), region, service, 'aws4_request'];
  const toSend = rawRequest(target.href, { method: 'POST', headers });
  const canonical = canonicalRequest(toSend, names, sha256Hex(body)) ?? '';
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256Hex(canonical)].join('\n');
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${keys.secretKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${keys.accessKey}/${scope.join('/')}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return post(target, { ...headers, authorization }, body);
}

function post(
  target: URL,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; body: Buffer }> {
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const options = { method: 'POST', headers, lookup: loopbackLookup, timeout: TIMEOUT_MS };
  return new Promise((resolve, reject) => {
    const outgoing = request(target, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('no response')));
    outgoing.end(body);
  });
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
