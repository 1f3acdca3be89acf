import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import { credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { createObs, type Obs } from '../../../lib/cloud/obs/obs.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import type { Clock } from '../../../lib/clock.ts';
import { realClock } from '../../../lib/runtime/real-clock.ts';
import { createClient, type ObjectServer } from '../../../local/object-server/client.ts';
import { getSessionKeys } from '../../../local/object-server/session-keys.ts';
import { postSignedForm } from '../../../local/object-server/signed-form.ts';
import type { ExternalKeys } from '../../../local/iam/auth/keys.ts';

const REGION = 'cn-north-4';

const send = nodeSend();

/** radosgw, with the keys of its user. */
export function server(): ObjectServer {
  const { url, accessKey, secretKey } = inject('servers').radosgw;
  const keys: ExternalKeys = {
    accessKey,
    secretKey,
    securityToken: undefined,
    expiresAt: undefined,
  };
  return { url, region: REGION, keys };
}

/** Makes a bucket, as its owner would. */
export async function makeBucket(name: string): Promise<void> {
  const client = createClient({ ...server(), region: 'us-east-1' });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
}

/** Session keys of radosgw's STS for its user (GetSessionToken). */
export async function sessionKeys(bucket: string): Promise<ExternalKeys> {
  const keys = await getSessionKeys(server(), bucket, 3_600_000);
  if (keys === undefined) throw new Error('radosgw gives no session keys');
  return keys;
}

/** Session keys of the role, for so many seconds (AssumeRole). */
export async function roleKeys(seconds: number): Promise<ExternalKeys> {
  const { status, body } = await postSignedForm(server(), 'sts', {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: inject('servers').radosgw.roleArn,
    RoleSessionName: 'live',
    DurationSeconds: String(seconds),
  });
  const text = body.toString();
  if (status !== 200) throw new Error(`AssumeRole: HTTP ${status} ${text}`);
  const find = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? '';
  return {
    accessKey: find('AccessKeyId'),
    secretKey: find('SecretAccessKey'),
    securityToken: find('SessionToken'),
    expiresAt: Date.parse(find('Expiration')),
  };
}

/** The functions' own client, the bucket in the host name; what is left of its retries' chance is fixed. */
export function obsWith(keys: ExternalKeys, clock: Clock = realClock): Obs {
  const { accessKey, secretKey, securityToken = '' } = keys;
  return createObs({
    send,
    clock,
    random: () => 0.5,
    region: REGION,
    endpoint: inject('servers').radosgw.hostUrl,
    pathStyle: false,
    credentials: () => credentialsFrom({ token: '', accessKey, secretKey, securityToken }),
  });
}
