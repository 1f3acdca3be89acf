import { createAuthenticator } from '../../lib/cloud/request/auth.ts';
import { type Credentials } from '../../lib/cloud/request/credentials.ts';
import { createIam } from '../../lib/cloud/iam.ts';
import type { Send } from '../../lib/cloud/request/send.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import { type ErrorCode, PhonevaultError } from '../../lib/errors.ts';
import { type CachedSignIn, createCredentialCache } from './credential-cache.ts';
import { type EnvCredentials, readEnvCredentials } from './env-credentials.ts';

export type SignedIn = {
  /** Keys to sign requests and for OBS; after a password sign-in also a token. */
  credentials: Credentials;
  projectId: string;
  /** Returns a new token after a refusal; calls soon after return the same one. */
  renew?: () => Promise<Credentials>;
  how: 'keys' | 'password';
};

type Options = {
  env: Record<string, string | undefined>;
  region: string;
  /** Undefined: HUAWEICLOUD_SDK_PROJECT_ID, else the region's own project. */
  projectId: string | undefined;
  iamEndpoint: string;
  clock: Clock;
  random: Random;
  send: Send;
  /** Folder of the sign-in cache. */
  cacheDir: string;
};

/** A cached sign-in is used until this long before it expires: keys for OBS must outlive the longest run that is watched. */
const SPARE_MS = 4 * 60 * 60_000;
/** Each service sees the refused token for itself; one new token serves them all. */
const SAME_RENEWAL_MS = 5 * 60_000;

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['credentials_refused', 'access_denied']);

/** Returns the same error with one more line of hint. */
function addHint(error: unknown, more: string): unknown {
  if (!(error instanceof PhonevaultError)) return error;
  const { code, message, retryable } = error;
  const hint = error.hint === undefined ? more : `${error.hint}\n${more}`;
  return new PhonevaultError(code, message, { hint, retryable, cause: error });
}

async function signInWithKeys(
  options: Options,
  given: Extract<EnvCredentials, { how: 'keys' }>,
  projectId: string | undefined,
): Promise<SignedIn> {
  const { region, clock } = options;
  const { accessKey, secretKey, securityToken } = given;
  const credentials = { token: undefined, accessKey, secretKey, securityToken };
  if (projectId !== undefined) return { credentials, projectId, how: 'keys' };
  const authenticate = createAuthenticator({ credentials, projectId: '', clock });
  const iam = createIam({ ...options, endpoint: options.iamEndpoint });
  const found = await iam.findProject(region, authenticate).catch((error: unknown) => {
    throw addHint(
      error,
      'these are the keys of HUAWEICLOUD_SDK_AK; set PHONEVAULT_PROJECT_ID to skip this lookup',
    );
  });
  return { credentials, projectId: found, how: 'keys' };
}

async function signInWithPassword(
  options: Options,
  given: Extract<EnvCredentials, { how: 'password' }>,
  projectId: string | undefined,
): Promise<SignedIn> {
  const { clock, region, iamEndpoint, cacheDir } = options;
  const { account, user, password } = given;
  const iam = createIam({ ...options, endpoint: iamEndpoint });
  const project = projectId === undefined ? { name: region } : { id: projectId };
  const identity = [iamEndpoint, account, user, JSON.stringify(project)];
  const cache = createCredentialCache({ dir: cacheDir, identity, password });

  const fresh = async (): Promise<CachedSignIn> => {
    try {
      const token = await iam.createToken({ account, user, password, project });
      const keys = await iam.createTemporaryKeys(token.token);
      const expiresAt = Math.min(token.expiresAt, keys.expiresAt);
      const signIn = { ...token, ...keys, expiresAt };
      await cache.write(signIn);
      return signIn;
    } catch (error) {
      const [name, secretName, accountName] = given.names;
      const who = `signing in as "${user}" of account "${account}"`;
      throw addHint(error, `${who}, from ${name}, ${secretName} and ${accountName}`);
    }
  };
  const credentialsOf = ({ token, accessKey, secretKey, securityToken }: CachedSignIn) => ({
    token,
    accessKey,
    secretKey,
    securityToken,
  });

  const cached = await cache.read();
  const usable = cached !== undefined && cached.expiresAt - SPARE_MS > clock.now();
  const first = usable ? cached : await fresh();

  let renewal: { at: number; credentials: Promise<Credentials> } | undefined;
  let refused: PhonevaultError | undefined;
  const renew = async (): Promise<Credentials> => {
    if (refused !== undefined) throw refused;
    if (renewal === undefined || clock.now() - renewal.at > SAME_RENEWAL_MS) {
      renewal = { at: clock.now(), credentials: fresh().then(credentialsOf) };
    }
    try {
      return await renewal.credentials;
    } catch (error) {
      renewal = undefined;
      // Never send a refused password again: five lock the user.
      if (error instanceof PhonevaultError && REFUSALS.has(error.code)) refused = error;
      throw error;
    }
  };
  return {
    credentials: credentialsOf(first),
    projectId: first.projectId,
    renew,
    how: 'password',
  };
}

/**
 * Signs in outside a function, with the access keys or the password of the environment (see readSignIn). Keys need no call
 * unless the project id must be looked up; the result of a password sign-in is cached under `cacheDir`. Throws
 * credentials_missing, credentials_refused, access_denied, clock_skew, throttled, service, unreachable, not_found, each
 * with its own hint. No error contains the password.
 */
export async function signIn(options: Options): Promise<SignedIn> {
  const given = readEnvCredentials(options.env);
  const projectId =
    options.projectId?.trim() || options.env.HUAWEICLOUD_SDK_PROJECT_ID?.trim() || undefined;
  return given.how === 'keys'
    ? signInWithKeys(options, given, projectId)
    : signInWithPassword(options, given, projectId);
}
