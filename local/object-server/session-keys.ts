import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { parseXml, type XmlElement } from '../obs/wire/parse-xml.ts';
import type { GivenKeys } from '../iam/auth/keys.ts';
import { createClient, type ObjectServer } from './client.ts';
import { postSignedForm } from './signed-form.ts';

/** The longest that STS gives: 36 hours at AWS, 12 at Ceph, which cuts or refuses what is longer. */
const LONGEST_S = 43_200;

/**
 * Session keys for the owner of the server's keys (STS, GetSessionToken), tried out on `bucket`. Undefined when the server
 * gives none, or gives such that it does not take. Rejects when it does not answer.
 */
export async function getSessionKeys(
  server: ObjectServer,
  bucket: string,
  lifetimeMs: number,
): Promise<GivenKeys | undefined> {
  const seconds = Math.min(Math.floor(lifetimeMs / 1_000), LONGEST_S);
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

function readKeys(body: Buffer): GivenKeys | undefined {
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
