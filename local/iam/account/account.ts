import type { Principal } from '../auth/keys.ts';

/** The one account of the cloud. */
export type Account = {
  domain: { id: string; name: string };
  project: { id: string; name: string };
  user: Principal & { password: string };
  /** The agency that CPH functions run under, by name. */
  agency: Principal;
};
