import type { Iam } from './index.ts';
import type { Principal } from './keys.ts';

/** What a function finds in its context: temporary keys and a token of its agency. */
export type Credentials = {
  accessKey: string;
  secretKey: string;
  securityToken: string;
  token: string;
};

const DAY = 86_400_000;

/** New keys and a new token for the project, good for 24 hours. */
export function issueCredentials(
  { keys, tokens }: Pick<Iam, 'keys' | 'tokens'>,
  agency: Principal,
  projectId: string,
): Credentials {
  const key = keys.issue({ principal: agency, projectId, lifetimeMs: DAY });
  const { token } = tokens.issue({
    principal: agency,
    methods: ['assume_role'],
    projectId,
    domainScoped: false,
  });
  const { accessKey, secretKey, securityToken = '' } = key;
  return { accessKey, secretKey, securityToken, token };
}
