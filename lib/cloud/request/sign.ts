import { reveal } from '../../secret.ts';
import type { Credentials } from './credentials.ts';
import type { HttpRequest } from './send.ts';

/**
 * Signs a request with SDK-HMAC-SHA256. The official signer is loaded when first needed, because most invocations only use
 * the token. `now` in epoch ms; `projectId` goes into X-Project-Id unless it is ''.
 */
export async function sign(
  request: HttpRequest,
  keys: Credentials,
  projectId: string,
  now: number,
): Promise<HttpRequest> {
  const { AKSKSigner } = await import('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js');
  const [address = '', query = ''] = request.url.split('?');
  const queryParams: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (queryParams[name] ??= []).push(value);
  // The signer only calls getAk and getSk of the credential. It encodes the path itself and hashes
  // JSON.stringify(data), which is the body that `data` was parsed from.
  const { accessKey, secretKey, securityToken } = keys;
  const sk = secretKey === undefined ? '' : reveal(secretKey);
  const credential = { getAk: () => accessKey, getSk: () => sk };
  const headers = AKSKSigner.sign(
    {
      method: request.method,
      endpoint: address,
      queryParams,
      ...(typeof request.body === 'string' ? { data: JSON.parse(request.body) as unknown } : {}),
      headers: {
        ...request.headers,
        'X-Sdk-Date': sdkDate(now),
        ...(projectId === '' ? {} : { 'X-Project-Id': projectId }),
        ...(securityToken === undefined ? {} : { 'X-Security-Token': reveal(securityToken) }),
      },
    },
    credential as unknown as Parameters<typeof AKSKSigner.sign>[1],
  ) as Record<string, string>;
  return { ...request, headers };
}

/** Returns a time as X-Sdk-Date needs it: `20260102T030405Z`. */
function sdkDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
}
