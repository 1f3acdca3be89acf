import type { IssueTemporary } from './issue-temporary.ts';
import type { IssuedKey, Keys, Principal } from './keys.ts';
import type { Tokens } from './tokens.ts';

/** The keys and the token of an agency, as a function's context returns them. */
export type Credentials = {
  accessKey: string;
  secretKey: string;
  /** '' for permanent keys. */
  securityToken: string;
  token: string;
};

const DAY = 86_400_000;

/** Issues keys (unless `key` is given) and a token of the agency, valid for 24 hours. */
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

/** The same with keys from IAM's key source. Rejects if the source fails. */
export async function fetchCredentials(
  iam: { keys: Keys; tokens: Tokens; issueTemporary: IssueTemporary },
  agency: Principal,
  projectId: string,
): Promise<Credentials> {
  const key = await iam.issueTemporary({ principal: agency, projectId, lifetimeMs: DAY });
  return issueCredentials(iam, agency, projectId, key);
}
