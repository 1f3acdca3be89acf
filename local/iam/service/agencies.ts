import { jsonResponse } from '../../http/responses.ts';
import { hexId, type Random } from '../../simulation/random.ts';
import type { Account } from '../account/account.ts';
import { iamError } from './responses.ts';

/** An agency as IAM returns it. */
type Agency = {
  id: string;
  name: string;
  description: string;
  domain_id: string;
  trust_domain_id: string;
  trust_domain_name: string;
  duration: string;
  create_time: string;
  expire_time: string | null;
};

export type Agencies = {
  /** Returns `trusted` if FunctionGraph may assume the agency, `other` if another service may, undefined if unknown. */
  trust(name: string): 'trusted' | 'other' | undefined;
  /** GET /v3.0/OS-AGENCY/agencies: requires `domain_id`; `name` must match exactly. */
  list(query: URLSearchParams): Response;
  /** GET /v3.0/OS-AGENCY/agencies/{id}. */
  show(id: string): Response;
  /** GET /v3.0/OS-AGENCY/{domains|projects}/{id}/agencies/{id}/roles. */
  listRoles(scope: 'domains' | 'projects', scopeId: string, id: string): Response;
};

const FUNCTIONGRAPH = 'op_svc_cff';
const ROLES: Record<'domains' | 'projects', readonly string[]> = {
  domains: ['OBS OperateAccess'],
  projects: ['CPH Administrator', 'SMN Administrator', 'FunctionGraph CommonOperations'],
};

/** The account's agencies: the one for functions, and `other-service`, which FunctionGraph may not assume. */
export function createAgencies(account: Account, random: Random): Agencies {
  const { domain, project } = account;
  const agency = (name: string, trust: string, description: string): Agency => ({
    id: hexId(random),
    name,
    description,
    domain_id: domain.id,
    trust_domain_id: hexId(random),
    trust_domain_name: trust,
    duration: 'FOREVER',
    create_time: '2026-01-01T00:00:00.000000',
    expire_time: null,
  });
  const own = agency(account.agency.userName, FUNCTIONGRAPH, 'what functions may do');
  const agencies = [own, agency('other-service', 'op_svc_ecs', 'trusts another service')];
  const missing = () => iamError(404, 'IAM.0004', 'The agency does not exist.');
  return {
    trust(name) {
      const found = agencies.find((known) => known.name === name);
      if (found === undefined) return undefined;
      return found.trust_domain_name === FUNCTIONGRAPH ? 'trusted' : 'other';
    },
    list(query) {
      const domainId = query.get('domain_id');
      if (domainId === null) return iamError(400, 'IAM.0007', 'domain_id is missing.');
      if (domainId !== domain.id) return iamError(403, 'IAM.0002', 'Another account.');
      const name = query.get('name');
      const found = agencies.filter((known) => name === null || known.name === name);
      return jsonResponse(200, { agencies: found });
    },
    show(id) {
      const found = agencies.find((known) => known.id === id);
      return found === undefined ? missing() : jsonResponse(200, { agency: found });
    },
    listRoles(scope, scopeId, id) {
      const known = agencies.find((other) => other.id === id);
      const scoped = scopeId === (scope === 'domains' ? domain.id : project.id);
      if (known === undefined || !scoped) return missing();
      const names = known === own ? ROLES[scope] : [];
      const roles = names.map((name, index) => ({
        id: `${scope === 'domains' ? 'd' : 'p'}${index}`,
        name: name.toLowerCase().replaceAll(' ', '_'),
        display_name: name,
        domain_id: null,
        catalog: name.split(' ')[0],
        type: scope === 'domains' ? 'AA' : 'XA',
      }));
      return jsonResponse(200, { roles });
    },
  };
}
