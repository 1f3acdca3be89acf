import type { Principal } from '../auth/keys.ts';

/** The one account of the cloud. */
export type Account = {
  domain: { id: string; name: string };
  project: { id: string; name: string };
  user: Principal & { password: string };
  /** The agency that CPH functions run under, by name. */
  agency: Principal;
};

/** True if a request names the account's agency; an absent domain id or name is not checked. */
export function isOwnAgency(
  { agency, domain }: Account,
  wanted: { agency_name: string; domain_id?: string | undefined; domain_name?: string | undefined },
): boolean {
  return (
    wanted.agency_name === agency.userName &&
    (wanted.domain_id ?? domain.id) === domain.id &&
    (wanted.domain_name ?? domain.name) === domain.name
  );
}
