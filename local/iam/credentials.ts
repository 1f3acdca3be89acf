import type { Iam } from './index.ts';
import type { Principal } from './keys.ts';

/** What a function finds in its context: temporary keys and a token of its agency. */
export type Credentials = {
  accessKey: string;
  secretKey: string;
  /** '' when the keys are permanent. */
  securityToken: string;
  token: string;
};

const DAY = 86_400_000;

/** New keys and a new token for the project, good for 24 hours or what the key source gives. */
export async function issueCredentials(
  { issueTemporary, tokens }: Pick<Iam, 'issueTemporary' | 'tokens'>,
  agency: Principal,
  projectId: string,
): Promise<Credentials> {
  const key = await issueTemporary({ principal: agency, projectId, lifetimeMs: DAY });
  const { token } = tokens.issue({
    principal: agency,
    methods: ['assume_role'],
    projectId,
    domainScoped: false,
  });
  const { accessKey, secretKey, securityToken = '' } = key;
  return { accessKey, secretKey, securityToken, token };
}
