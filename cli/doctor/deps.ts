import { createAuthenticator } from '../../lib/cloud/request/auth.ts';
import { createIam } from '../../lib/cloud/iam.ts';
import { createObsBucket, type ObsBucket } from '../../lib/cloud/obs/bucket.ts';
import type { Settings } from '../../lib/runtime/settings.ts';
import { type Clients, createClients } from '../../lib/runtime/clients.ts';
import { type WorkDeps, workDeps } from '../../lib/runtime/work-deps.ts';
import { commandTools } from '../sign-in/connect.ts';
import type { Io } from '../io/io.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';

/** Everything that checks use, with the user's credentials. */
export type DoctorDeps = WorkDeps & {
  io: Io;
  settings: Settings;
  how: SignedIn['how'];
  clients: Clients;
  buckets: ObsBucket;
  /** IAM's list of the account's projects. */
  listProjects(): Promise<{ id: string; name: string }[]>;
};

/** Creates the clients of the checks. `signal` aborts calls in progress. */
export function doctorDeps(
  io: Io,
  settings: Settings,
  signedIn: SignedIn,
  signal: AbortSignal,
): DoctorDeps {
  const { clock, random, send } = io;
  const { log, meter } = commandTools(io);
  const { credentials, renew, how } = signedIn;
  const { endpoints, region, projectId, obsPathStyle: pathStyle } = settings;
  const common = { clock, random, send, signal };
  const clients = createClients({
    ...common,
    settings,
    credentials,
    ...(renew === undefined ? {} : { renew }),
    log,
    meter,
  });
  const iam = createIam({ ...common, endpoint: endpoints.iam });
  // Keys sign for the account: IAM refuses a project's token here.
  const authenticate = createAuthenticator({
    credentials,
    projectId: how === 'keys' ? '' : projectId,
    clock,
  });
  return {
    io,
    settings,
    how,
    clients,
    buckets: createObsBucket({
      ...common,
      credentials: () => credentials,
      region,
      endpoint: endpoints.obs,
      pathStyle,
    }),
    listProjects: () => iam.listProjects(authenticate),
    ...workDeps(settings, clients, { clock, random, log, meter }),
  };
}
