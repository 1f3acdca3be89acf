import { PhonevaultError } from '../../lib/errors.ts';
import { secret, type Secret, secretIn } from '../../lib/secret.ts';

type Env = Record<string, string | undefined>;

/** The credentials in the environment. */
export type EnvCredentials =
  | { how: 'keys'; accessKey: string; secretKey: Secret; securityToken: Secret | undefined }
  | {
      how: 'password';
      user: string;
      password: Secret;
      account: string;
      /** The names of the variables, in the order user, password, account. */
      names: [string, string, string];
    };

const AK = 'HUAWEICLOUD_SDK_AK';
const SK = 'HUAWEICLOUD_SDK_SK';
const SECURITY_TOKEN = 'HUAWEICLOUD_SDK_SECURITY_TOKEN';

// The names of the vendor's Terraform provider, but each kind as a whole: a password of one cloud is not sent to an
// account of another.
const HW = { user: 'HW_USER_NAME', password: 'HW_USER_PASSWORD', accounts: ['HW_DOMAIN_NAME'] };
const OS = {
  user: 'OS_USERNAME',
  password: 'OS_PASSWORD',
  accounts: ['OS_DOMAIN_NAME', 'OS_USER_DOMAIN_NAME'],
};

const HINT =
  `set ${AK} and ${SK} (${SECURITY_TOKEN} too for temporary keys), ` +
  'or HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME (the account)';

function missing(message: string, hint = HINT): PhonevaultError {
  return new PhonevaultError('credentials_missing', message, { hint });
}

const are = (names: string[]) => `${listed(names)} ${names.length > 1 ? 'are' : 'is'}`;

const listed = (names: string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function keysOf(env: Env): EnvCredentials | undefined {
  const at = (name: string) => env[name]?.trim() ?? '';
  const [accessKey, secretKey, securityToken] = [at(AK), at(SK), at(SECURITY_TOKEN)];
  if (accessKey !== '' && secretKey !== '') {
    return {
      how: 'keys',
      accessKey,
      secretKey: secret(secretKey),
      securityToken: secretIn(securityToken),
    };
  }
  const set = [AK, SK, SECURITY_TOKEN].filter((name) => at(name) !== '');
  if (set.length === 0) return undefined;
  const lacking = [AK, SK].filter((name) => at(name) === '');
  throw missing(
    `${are(set)} set, but ${are(lacking)} not`,
    `set ${AK} and ${SK} both, or unset ${listed(set)} to sign in with user and password`,
  );
}

function passwordOf(env: Env, family: typeof HW): EnvCredentials | undefined {
  const accountName =
    family.accounts.find((name) => env[name]?.trim()) ?? family.accounts.join(' or ');
  const user = env[family.user]?.trim() ?? '';
  // A password may begin or end with a blank.
  const password = env[family.password] ?? '';
  const account = env[accountName]?.trim() ?? '';
  // The account alone is often set beside keys; it does not mean a password sign-in.
  if (user === '' && password === '') return undefined;
  const pairs = [
    [family.user, user],
    [family.password, password],
    [accountName, account],
  ] as const;
  const lacking = pairs.filter(([, value]) => value === '').map(([name]) => name);
  if (lacking.length > 0) {
    const set = pairs.filter(([, value]) => value !== '').map(([name]) => name);
    throw missing(
      `${are(set)} set, but ${are(lacking)} not`,
      `a password sign-in needs ${listed([...pairs.map(([name]) => name)])} (the account)`,
    );
  }
  return {
    how: 'password',
    user,
    password: secret(password),
    account,
    names: [family.user, family.password, accountName],
  };
}

/**
 * Returns the credentials of the environment: access keys before a password, `HW_*` before `OS_*`. An empty value counts
 * as unset. Throws credentials_missing, which names the variables, when nothing or only a part is set.
 */
export function readEnvCredentials(env: Env): EnvCredentials {
  const given = keysOf(env) ?? passwordOf(env, HW) ?? passwordOf(env, OS);
  if (given) return given;
  throw missing('no credentials in the environment');
}
