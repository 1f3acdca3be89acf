import { type Secret, secretIn } from '../../secret.ts';

/** What a function's agency gives; any part may be missing. The access key is a name, not a secret. */
export type Credentials = Readonly<{
  token: Secret | undefined;
  accessKey: string;
  secretKey: Secret | undefined;
  securityToken: Secret | undefined;
}>;

/** Returns credentials made of texts; '' means that the part is missing. */
export function credentialsFrom(texts: {
  token: string;
  accessKey: string;
  secretKey: string;
  securityToken: string;
}): Credentials {
  return {
    token: secretIn(texts.token),
    accessKey: texts.accessKey,
    secretKey: secretIn(texts.secretKey),
    securityToken: secretIn(texts.securityToken),
  };
}
