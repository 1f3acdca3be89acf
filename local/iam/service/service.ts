import { jsonResponse } from '../../http/responses.ts';
import { type Call, createApi } from '../../api/api.ts';
import { parseJson } from '../../http/body.ts';
import { type Route } from '../../http/router.ts';
import type { FaultRegistry } from '../../faults/fault-registry.ts';
import { createRandom, secureRandom } from '../../simulation/random.ts';
import type { Calls } from '../../api/calls.ts';
import { type KeySource, createKeys, type Keys } from '../auth/keys.ts';
import type { Service } from '../../http/server.ts';
import type { Time } from '../../simulation/time.ts';
import { type Account } from '../account/account.ts';
import { createPasswordCheck } from '../account/check-password.ts';
import { type Agencies, createAgencies } from './agencies.ts';
import { keystoneError } from './responses.ts';
import { createToken, describeToken } from './create-token.ts';
import { createGateway, type Gateway, type Identity } from '../auth/gateway.ts';
import { createIssueTemporary, type IssueTemporary } from '../auth/issue-temporary.ts';
import { createTemporaryKey } from './create-temporary-key.ts';
import { createTokens, type Tokens } from '../auth/tokens.ts';

export type Iam = {
  service: Service;
  keys: Keys;
  tokens: Tokens;
  gateway: Gateway;
  issueTemporary: IssueTemporary;
  /** Which service may assume an agency. */
  agencyTrust: Agencies['trust'];
};

const AGENCY = '/v3.0/OS-AGENCY';

const ROUTES = [
  { method: 'POST', path: '/v3/auth/tokens', operation: 'create-token' },
  { method: 'GET', path: '/v3/auth/tokens', operation: 'check-token' },
  { method: 'HEAD', path: '/v3/auth/tokens', operation: 'check-token' },
  {
    method: 'POST',
    path: '/v3.0/OS-CREDENTIAL/securitytokens',
    operation: 'create-temporary-key',
  },
  { method: 'GET', path: '/v3/projects', operation: 'list-projects' },
  { method: 'GET', path: '/v3/auth/projects', operation: 'list-auth-projects' },
  { method: 'GET', path: '/v3/auth/domains', operation: 'list-auth-domains' },
  { method: 'GET', path: `${AGENCY}/agencies`, operation: 'list-agencies' },
  { method: 'GET', path: `${AGENCY}/agencies/:id`, operation: 'show-agency' },
  {
    method: 'GET',
    path: `${AGENCY}/:scope/:scope_id/agencies/:id/roles`,
    operation: 'list-agency-roles',
  },
] as const satisfies readonly Route[];

/** IAM with one account: its users, agencies and project. All its times are real time. */
export function createIam(options: {
  account: Account;
  region: string;
  seed: number;
  time: Time;
  calls: Calls;
  faults: FaultRegistry;
  /** An external source of temporary keys; by default IAM issues them. */
  keySource?: KeySource | undefined;
  /** A word inside every key and token, for tests that search for leaks. */
  mark?: string | undefined;
}): Iam {
  const { account, region, seed, time, calls, faults, mark } = options;
  const keys = createKeys({ random: secureRandom, time, mark });
  const issueTemporary = createIssueTemporary(keys, options.keySource);
  const tokens = createTokens({ random: secureRandom, time, mark });
  const random = createRandom(seed, 'iam/requests');
  const gateway = createGateway({ keys, tokens, time, random });
  const checkPassword = createPasswordCheck(account, time);
  const agencies = createAgencies(account, createRandom(seed, 'iam/agencies'));
  const catalog = catalogOf(region, account.project.id);

  const run = async (route: (typeof ROUTES)[number], call: Call): Promise<Response> => {
    const { request, query, body } = call;
    const caller = await gateway.identify(request, body);
    if (route.operation === 'create-token') {
      const principal = caller instanceof Response ? undefined : caller.principal;
      const nocatalog = query.get('nocatalog');
      const context = { account, tokens, checkPassword, catalog };
      return createToken(context, parseJson(body), nocatalog, principal);
    }
    if (caller instanceof Response) return caller;
    switch (route.operation) {
      case 'check-token':
        return checkToken(request);
      case 'create-temporary-key':
        return createTemporaryKey({ account, issueTemporary }, parseJson(body), caller);
      case 'list-projects':
        return listProjects(caller, query.get('name') ?? undefined);
      case 'list-auth-projects':
        return listProjects(caller, undefined);
      case 'list-auth-domains':
        return jsonResponse(200, {
          domains: [{ ...account.domain, enabled: true, description: '' }],
          links: {},
        });
      case 'list-agencies':
        return agencies.list(query);
      case 'show-agency':
        return agencies.show(call.params['id'] ?? '');
      case 'list-agency-roles': {
        const { scope, scope_id = '', id = '' } = call.params;
        if (scope === 'domains' || scope === 'projects') {
          return agencies.listRoles(scope, scope_id, id);
        }
        return keystoneError(404, 'There is no such resource.');
      }
    }
  };

  const checkToken = (request: Request): Response => {
    const subject = request.headers.get('x-subject-token');
    const record = subject === null ? undefined : tokens.find(subject);
    if (subject === null || record === undefined || record.expiresAt <= time.now()) {
      return keystoneError(404, 'The token does not exist.');
    }
    const response =
      request.method === 'HEAD'
        ? new Response(null, { status: 200 })
        : jsonResponse(200, { token: describeToken(account, record, catalog) });
    response.headers.set('x-subject-token', subject);
    return response;
  };

  const listProjects = (caller: Identity, name: string | undefined): Response => {
    if (caller.byToken && caller.projectId !== undefined) {
      return keystoneError(403, 'A domain-scoped token is needed.');
    }
    const { project, domain } = account;
    const entry = {
      ...project,
      domain_id: domain.id,
      parent_id: domain.id,
      enabled: true,
      is_domain: false,
      description: '',
    };
    const projects = name === undefined || name === project.name ? [entry] : [];
    return jsonResponse(200, { projects, links: {} });
  };

  return {
    service: createApi({ service: 'iam', routes: ROUTES, calls, faults, time, random, run }),
    keys,
    tokens,
    gateway,
    issueTemporary,
    agencyTrust: agencies.trust,
  };
}

function catalogOf(region: string, projectId: string): unknown[] {
  const entry = (type: string, host: string, path: string) => ({
    type,
    name: type,
    endpoints: [
      {
        region,
        interface: 'public',
        region_id: region,
        url: `https://${host}.${region}.myhuaweicloud.com${path}`,
      },
    ],
  });
  return [
    entry('iam', 'iam', '/v3'),
    entry('cph', 'cph', `/v1/${projectId}`),
    entry('smn', 'smn', `/v2/${projectId}`),
    entry('functiongraph', 'functiongraph', `/v2/${projectId}`),
  ];
}
