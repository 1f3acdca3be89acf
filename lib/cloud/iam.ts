import * as z from 'zod';
import { PhonevaultError, ServiceError } from '../errors.ts';
import { reveal, type Secret, secret } from '../secret.ts';
import type { Authenticator } from './request/auth.ts';
import { keysError, projectError, signInError, skewError } from './iam-errors.ts';
import { call, type Caller } from './request/request.ts';
import { withRetry } from './request/retry.ts';
import type { HttpResponse } from './request/send.ts';
import { unreadable } from './request/service-error.ts';
import { skewOf } from './request/skew.ts';

export type Login = {
  /** The domain, in IAM's and Keystone's words. */
  account: string;
  user: string;
  password: Secret;
  project: { id: string } | { name: string };
};

/** Times are epoch milliseconds. */
type Token = { token: Secret; projectId: string; expiresAt: number };

type TemporaryKeys = {
  accessKey: string;
  secretKey: Secret;
  securityToken: Secret;
  expiresAt: number;
};

export type Iam = {
  /**
   * A token for one project, from IAM or from plain Keystone. The password is sent again only when the service certainly did
   * not check it. Throws ServiceError, each with a hint; clock_skew when signatures would be refused.
   */
  createToken(login: Login): Promise<Token>;
  /** Keys for OBS that are valid for a day. Keystone has none. Throws ServiceError. */
  createTemporaryKeys(token: Secret): Promise<TemporaryKeys>;
  /** The id of the project with this name, for the caller of `authenticate`. A region's project has the region's name. */
  findProject(name: string, authenticate: Authenticator): Promise<string>;
  /** The projects in the account of the caller of `authenticate`. IAM refuses a token of one project. Throws ServiceError. */
  listProjects(authenticate: Authenticator): Promise<{ id: string; name: string }[]>;
};

const KEYS_SECONDS = 86_400;
const LIMITS = { attempts: 3, throttledAttempts: 2, totalMs: 25_000 };

const word = z.string().min(1).max(65_536);
// IAM writes six digits after the point; Date.parse accepts them.
const time = z
  .string()
  .transform((text) => Date.parse(text))
  .refine(Number.isFinite);

const tokenReply = z.object({
  token: z.object({ expires_at: time, project: z.object({ id: word }) }),
});
const keysReply = z.object({
  credential: z.object({ access: word, secret: word, securitytoken: word, expires_at: time }),
});
const projectsReply = z.object({ projects: z.array(z.object({ id: word, name: word })) });

/** Returns an authenticator that keeps the last response, with its headers. */
function keepingResponse(headers: Record<string, string> = {}) {
  let last: HttpResponse | undefined;
  const authenticate: Authenticator = async (request, send) => {
    last = undefined;
    last = await send({ ...request, headers: { ...request.headers, ...headers } });
    return { response: last, signed: false };
  };
  return { authenticate, last: () => last };
}

/** Throws the error, not retryable unless IAM certainly did not check the password: a wrong one must not be sent twice. */
function throwUnrepeatable(error: unknown): never {
  if (!(error instanceof ServiceError) || error.carriedOut === 'no' || error.status === 503) {
    throw error;
  }
  const options = error.cause === undefined ? {} : { cause: error.cause };
  throw new ServiceError(error.code, error.message, error, options);
}

const projectsCall = (endpoint: string) =>
  ({
    service: 'iam',
    operation: 'list-projects',
    method: 'GET',
    url: `${endpoint}/v3/projects`,
    reply: projectsReply,
    idempotent: true,
  }) as const;

/** Returns a client of IAM at `endpoint`. */
export function createIam(options: Omit<Caller, 'authenticate'> & { endpoint: string }): Iam {
  const { endpoint, clock } = options;
  return {
    async createToken({ account, user, password, project }) {
      const name = { service: 'iam', operation: 'create-token' };
      const { authenticate, last } = keepingResponse();
      const domain = { name: account };
      const auth = {
        identity: {
          methods: ['password'],
          password: { user: { name: user, password: reveal(password), domain } },
        },
        // Keystone needs the domain of a project's name; IAM ignores it.
        scope: { project: 'id' in project ? project : { ...project, domain } },
      };
      const attempt = () =>
        call(
          { ...options, authenticate },
          {
            ...name,
            method: 'POST',
            url: `${endpoint}/v3/auth/tokens`,
            query: { nocatalog: 1 },
            json: { auth },
            reply: tokenReply,
            idempotent: false,
          },
        ).catch(throwUnrepeatable);
      const reply = await withRetry(options, LIMITS, attempt).catch((error: unknown) => {
        throw signInError(error, last(), password);
      });
      const headers = last()?.headers ?? {};
      const token = headers['x-subject-token'];
      if (!token) {
        const response = last() ?? { status: 201, headers, body: new Uint8Array() };
        throw unreadable(name, response, 'success, but no X-Subject-Token');
      }
      const skew = skewOf(headers['date'], clock.now());
      if (skew !== undefined) throw skewError(name.operation, skew);
      const { project: scope, expires_at: expiresAt } = reply.token;
      return { token: secret(token), projectId: scope.id, expiresAt };
    },

    async createTemporaryKeys(token) {
      const { authenticate } = keepingResponse({ 'X-Auth-Token': reveal(token) });
      const identity = { methods: ['token'], token: { duration_seconds: KEYS_SECONDS } };
      const { credential } = await call(
        { ...options, authenticate },
        {
          service: 'iam',
          operation: 'create-temporary-key',
          method: 'POST',
          url: `${endpoint}/v3.0/OS-CREDENTIAL/securitytokens`,
          json: { auth: { identity } },
          reply: keysReply,
          // Keys that are lost expire unused.
          idempotent: true,
        },
      ).catch((error: unknown) => {
        throw keysError(error);
      });
      return {
        accessKey: credential.access,
        secretKey: secret(credential.secret),
        securityToken: secret(credential.securitytoken),
        expiresAt: credential.expires_at,
      };
    },

    async listProjects(authenticate) {
      return (await call({ ...options, authenticate }, projectsCall(endpoint))).projects;
    },

    async findProject(name, authenticate) {
      const { projects } = await call(
        { ...options, authenticate },
        { ...projectsCall(endpoint), query: { name } },
      ).catch((error: unknown) => {
        throw projectError(error);
      });
      const found = projects.find((project) => project.name === name);
      if (found) return found.id;
      throw new PhonevaultError('not_found', `the account has no project named "${name}"`, {
        hint: 'check the region: it needs a project of this name. Or set the project id',
      });
    },
  };
}
