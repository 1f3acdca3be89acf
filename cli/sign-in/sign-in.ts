import { createAuthenticator, type Credentials } from '../../lib/cloud/request/auth.ts';
import { createIam } from '../../lib/cloud/iam.ts';
import type { Send } from '../../lib/cloud/request/send.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import { type ErrorCode, PhonevaultError } from '../../lib/errors.ts';
import { type CachedSignIn, createCredentialCache } from './credential-cache.ts';
import { type Given, readSignIn } from './sign-in-env.ts';

export type SignedIn = {
  /** For signing, OBS, and with a password a token. */
  credentials: Credentials;
  projectId: string;
  /** A new token, for one that was refused; those who ask soon after get the same. */
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
  /** Where tokens are kept between commands. */
  cacheDir: string;
};

/** What is kept is used until this long before it lapses: the keys for OBS must outlive the longest run that is watched. */
const SPARE_MS = 4 * 60 * 60_000;
/** Each service finds out for itself that the token is refused; one new token serves them all. */
const SAME_RENEWAL_MS = 5 * 60_000;

const REFUSALS: ReadonlySet<ErrorCode> = new Set(['credentials_refused', 'access_denied']);

/** The same error with one more line of advice. */
function advised(error: unknown, more: string): unknown {
  if (!(error instanceof PhonevaultError)) return error;
  const { code, message, retryable } = error;
  const hint = error.hint === undefined ? more : `${error.hint}\n${more}`;
  return new PhonevaultError(code, message, { hint, retryable, cause: error });
}

async function byKeys(
  options: Options,
  given: Extract<Given, { how: 'keys' }>,
  projectId: string | undefined,
): Promise<SignedIn> {
  const { region, clock } = options;
  const { accessKey, secretKey, securityToken } = given;
  const credentials = { token: undefined, accessKey, secretKey, securityToken };
  if (projectId !== undefined) return { credentials, projectId, how: 'keys' };
  const authenticate = createAuthenticator({ credentials, projectId: '', clock });
  const iam = createIam({ ...options, endpoint: options.iamEndpoint });
  const found = await iam.findProject(region, authenticate).catch((error: unknown) => {
    throw advised(
      error,
      'the keys are those of HUAWEICLOUD_SDK_AK; PHONEVAULT_PROJECT_ID saves looking it up',
    );
  });
  return { credentials, projectId: found, how: 'keys' };
}

async function byPassword(
  options: Options,
  given: Extract<Given, { how: 'password' }>,
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
      throw advised(error, `${who}, from ${name}, ${secretName} and ${accountName}`);
    }
  };
  const credentialsOf = ({ token, accessKey, secretKey, securityToken }: CachedSignIn) => ({
    token,
    accessKey,
    secretKey,
    securityToken,
  });

  const kept = await cache.read();
  const usable = kept !== undefined && kept.expiresAt - SPARE_MS > clock.now();
  const first = usable ? kept : await fresh();

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
      // A refused password is not sent again: five lock the user.
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
 * Signs in outside a function: with the access keys or the password of the environment (see readSignIn). Keys need no
 * call unless the project id is to be looked up; what a password gives is kept under `cacheDir`. Throws
 * credentials_missing, credentials_refused, access_denied, clock_skew, throttled, service, unreachable, not_found, each
 * with its own advice. The password appears in none of them.
 */
export async function signIn(options: Options): Promise<SignedIn> {
  const given = readSignIn(options.env);
  const projectId =
    options.projectId?.trim() || options.env.HUAWEICLOUD_SDK_PROJECT_ID?.trim() || undefined;
  return given.how === 'keys'
    ? byKeys(options, given, projectId)
    : byPassword(options, given, projectId);
}
