import * as z from 'zod';
import { jsonResponse } from '../../http/responses.ts';
import { type Account, isOwnAgency } from '../account/account.ts';
import { iamError, iamTime } from './responses.ts';
import type { Identity } from '../auth/gateway.ts';
import type { IssueTemporary } from '../auth/issue-temporary.ts';

const duration = z.number().int().min(900).max(86_400).default(900);

const requestSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.enum(['token', 'assume_role'])).length(1),
      token: z.object({ duration_seconds: duration }).optional(),
      assume_role: z
        .object({
          agency_name: z.string().min(1).max(64),
          domain_id: z.string().optional(),
          domain_name: z.string().optional(),
          duration_seconds: duration,
        })
        .optional(),
    }),
  }),
});

/**
 * POST /v3.0/OS-CREDENTIAL/securitytokens: temporary keys for the caller (`token`) or an agency (`assume_role`), valid for
 * 900 to 86,400 seconds. 501 if the external object server has no temporary keys.
 */
export async function createTemporaryKey(
  options: { account: Account; issueTemporary: IssueTemporary },
  body: unknown,
  caller: Identity,
): Promise<Response> {
  const { account, issueTemporary } = options;
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return iamError(400, 'IAM.0011', 'The request body is invalid.');
  const { methods, token, assume_role } = parsed.data.auth.identity;
  let principal = caller.principal;
  if (methods[0] === 'assume_role') {
    if (assume_role === undefined) return iamError(400, 'IAM.0007', 'assume_role is missing.');
    const { domain_id, domain_name } = assume_role;
    if (domain_id === undefined && domain_name === undefined) {
      return iamError(400, 'IAM.0007', 'domain_id or domain_name is missing.');
    }
    if (!isOwnAgency(account, assume_role))
      return iamError(404, 'IAM.0004', 'The agency does not exist.');
    principal = account.agency;
  }
  const seconds = (methods[0] === 'token' ? token : assume_role)?.duration_seconds ?? 900;
  const key = await issueTemporary({
    principal,
    projectId: caller.projectId ?? account.project.id,
    lifetimeMs: seconds * 1000,
  });
  if (key.securityToken === undefined || key.expiresAt === undefined) {
    return iamError(501, 'IAM.0006', 'The object server gives no temporary keys.');
  }
  return jsonResponse(201, {
    credential: {
      access: key.accessKey,
      secret: key.secretKey,
      securitytoken: key.securityToken,
      expires_at: iamTime(key.expiresAt),
    },
  });
}
