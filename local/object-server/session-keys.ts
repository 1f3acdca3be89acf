import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { parseXml, type XmlElement } from '../obs/wire/parse-xml.ts';
import type { ExternalKeys } from '../iam/auth/keys.ts';
import { createClient, type ObjectServer } from './client.ts';
import { postSignedForm } from './signed-form.ts';

/** The maximum at Ceph, 12 hours; AWS allows 36. */
const MAX_SESSION_SECONDS = 43_200;

/**
 * Returns session keys for the owner of the server's keys (STS, GetSessionToken) after a test on `bucket`. Undefined if the
 * server issues none, or does not accept them. Rejects if the server does not respond.
 */
export async function getSessionKeys(
  server: ObjectServer,
  bucket: string,
  lifetimeMs: number,
): Promise<ExternalKeys | undefined> {
  const seconds = Math.min(Math.floor(lifetimeMs / 1_000), MAX_SESSION_SECONDS);
  const { status, body } = await postSignedForm(server, 'sts', {
    Action: 'GetSessionToken',
    Version: '2011-06-15',
    DurationSeconds: String(seconds),
  });
  if (status !== 200) return undefined;
  const keys = readKeys(body);
  if (keys === undefined) return undefined;
  const client = createClient({ ...server, keys });
  return client.send(new HeadBucketCommand({ Bucket: bucket })).then(
    () => keys,
    () => undefined,
  );
}

function readKeys(body: Buffer): ExternalKeys | undefined {
  const root = readXml(body);
  const find = (name: string) => (root === undefined ? undefined : textBelow(root, name));
  const [accessKey, secretKey] = [find('AccessKeyId'), find('SecretAccessKey')];
  const [securityToken, expiration] = [find('SessionToken'), find('Expiration')];
  const expiresAt = Date.parse(expiration ?? '');
  if (!accessKey || !secretKey || !securityToken || Number.isNaN(expiresAt)) return undefined;
  return { accessKey, secretKey, securityToken, expiresAt };
}

function readXml(body: Buffer): XmlElement | undefined {
  try {
    return parseXml(body);
  } catch {
    return undefined;
  }
}

function textBelow(element: XmlElement, name: string): string | undefined {
  if (element.name === name) return element.text;
  for (const child of element.children) {
    const text = textBelow(child, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
