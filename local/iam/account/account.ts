import type { Principal } from '../auth/keys.ts';

export type Account = {
  domain: { id: string; name: string };
  project: { id: string; name: string };
  user: Principal & { password: string };
  /** The agency that CPH functions run under, by name. */
  agency: Principal;
};
