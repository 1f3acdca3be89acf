import type { IssueTemporary } from './issue-temporary.ts';
import type { IssuedKey, Keys, Principal } from './keys.ts';
import type { Tokens } from './tokens.ts';

/** What a function finds in its context: keys and a token of its agency. */
export type Credentials = {
  accessKey: string;
  secretKey: string;
  /** '' when the keys are permanent. */
  securityToken: string;
  token: string;
};

const DAY = 86_400_000;

/** Keys and a new token of the agency, good for 24 hours; keys that IAM makes itself unless `key` is given. */
export function issueCredentials(
  { keys, tokens }: { keys: Keys; tokens: Tokens },
  agency: Principal,
  projectId: string,
  key: IssuedKey = keys.issue({ principal: agency, projectId, lifetimeMs: DAY }),
): Credentials {
  const { token } = tokens.issue({
    principal: agency,
    methods: ['assume_role'],
    projectId,
    domainScoped: false,
  });
  const { accessKey, secretKey, securityToken = '' } = key;
  return { accessKey, secretKey, securityToken, token };
}

/** The same with keys from IAM's key source. Rejects when that does not answer. */
export async function fetchCredentials(
  iam: { keys: Keys; tokens: Tokens; issueTemporary: IssueTemporary },
  agency: Principal,
  projectId: string,
): Promise<Credentials> {
  const key = await iam.issueTemporary({ principal: agency, projectId, lifetimeMs: DAY });
  return issueCredentials(iam, agency, projectId, key);
}
