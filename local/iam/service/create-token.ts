import * as z from 'zod';
import { jsonResponse } from '../../http/responses.ts';
import { type Account, isOwnAgency } from '../account/account.ts';
import type { PasswordCheck } from '../account/check-password.ts';
import { iamError, iamTime, keystoneError } from './responses.ts';
import type { Principal } from '../auth/keys.ts';
import type { TokenRecord, Tokens } from '../auth/tokens.ts';

const name = z.string().min(1).max(128);
const reference = z.object({ id: name.optional(), name: name.optional() });

const requestSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).length(1),
      password: z
        .object({
          user: reference.extend({ password: z.string().max(256), domain: reference.optional() }),
        })
        .optional(),
      assume_role: z
        .object({
          domain_id: name.optional(),
          domain_name: name.optional(),
          agency_name: name,
        })
        .optional(),
    }),
    scope: z
      .object({
        project: reference.extend({ domain: reference.optional() }).optional(),
        domain: reference.optional(),
      })
      .optional(),
  }),
});

type Scope = z.infer<typeof requestSchema>['auth']['scope'];

type Options = {
  account: Account;
  tokens: Tokens;
  checkPassword: PasswordCheck;
  catalog: unknown[];
};

/**
 * POST /v3/auth/tokens: a token for a password or, for an authenticated `caller`, for an agency. The token is in
 * X-Subject-Token, not in the body. Any `nocatalog` omits the catalog.
 */
export function createToken(
  options: Options,
  body: unknown,
  nocatalog: string | null,
  caller: Principal | undefined,
): Response {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) return keystoneError(400, 'The request body is invalid.');
  const { identity, scope } = parsed.data.auth;
  const principal = principalOf(options, identity, caller);
  if (principal instanceof Response) return principal;
  const granted = scopeOf(options.account, scope);
  if (granted === undefined) return keystoneError(401, 'The project or domain does not exist.');
  const { token, record } = options.tokens.issue({
    principal,
    methods: identity.methods,
    ...granted,
  });
  const response = jsonResponse(201, {
    token: describeToken(options.account, record, nocatalog ? undefined : options.catalog),
  });
  response.headers.set('x-subject-token', token);
  return response;
}

/** Returns the `token` member: `project` only in project scope, `domain` only in domain scope. */
export function describeToken(
  account: Account,
  record: TokenRecord,
  catalog: unknown[] | undefined,
): Record<string, unknown> {
  const { domain, project } = account;
  return {
    methods: record.methods,
    issued_at: iamTime(record.issuedAt),
    expires_at: iamTime(record.expiresAt),
    user: {
      id: record.principal.userId,
      name: record.principal.userName,
      domain,
      password_expires_at: '',
    },
    ...(record.projectId === undefined ? {} : { project: { ...project, domain } }),
    ...(record.domainScoped ? { domain } : {}),
    roles: [{ id: '0', name: 'te_admin' }],
    ...(catalog === undefined ? {} : { catalog }),
  };
}

function principalOf(
  { account, checkPassword }: Options,
  identity: z.infer<typeof requestSchema>['auth']['identity'],
  caller: Principal | undefined,
): Principal | Response {
  const [method] = identity.methods;
  if (method === 'password' && identity.password !== undefined) {
    const { user } = identity.password;
    const result = checkPassword({
      ...(user.id === undefined ? {} : { userId: user.id }),
      ...(user.name === undefined ? {} : { userName: user.name }),
      domain: user.domain?.id ?? user.domain?.name ?? '',
      password: user.password,
    });
    return typeof result === 'object' ? result : loginError(result);
  }
  if (method === 'assume_role' && identity.assume_role !== undefined) {
    if (caller === undefined) return keystoneError(401, 'The request requires authentication.');
    const { domain_id, domain_name } = identity.assume_role;
    const namesDomain = (domain_id ?? domain_name) !== undefined;
    return namesDomain && isOwnAgency(account, identity.assume_role)
      ? account.agency
      : keystoneError(404, 'The agency does not exist.');
  }
  return keystoneError(400, 'The method is missing or not supported.');
}

// IAM's FAQ documents the response for a locked user. For a console-only user the code is documented, for login protection
// only that the password is not enough (iam_03_0006): those messages are ours.
function loginError(why: Exclude<ReturnType<PasswordCheck>, Principal>): Response {
  switch (why) {
    case 'wrong':
      return keystoneError(401, 'The username or password is wrong.');
    case 'locked':
      return keystoneError(401, 'The account is locked.');
    case 'mfa':
      return keystoneError(401, 'The user has to log in with a virtual MFA device.');
    case 'console_only':
      return iamError(403, 'IAM.0081', 'This user only supports console access.');
  }
}

function scopeOf(
  account: Account,
  scope: Scope,
): { projectId: string | undefined; domainScoped: boolean } | undefined {
  const matches = (
    given: { id?: string | undefined; name?: string | undefined },
    known: { id: string; name: string },
  ) =>
    (given.id ?? given.name) !== undefined &&
    (given.id ?? known.id) === known.id &&
    (given.name ?? known.name) === known.name;
  if (scope?.project !== undefined) {
    const { domain = account.domain } = scope.project;
    return matches(scope.project, account.project) && matches(domain, account.domain)
      ? { projectId: account.project.id, domainScoped: false }
      : undefined;
  }
  if (scope?.domain !== undefined) {
    return matches(scope.domain, account.domain)
      ? { projectId: undefined, domainScoped: true }
      : undefined;
  }
  return { projectId: undefined, domainScoped: false };
}
