import { type Context, Hono } from 'hono';
import { PhonevaultError } from '../errors.ts';
import { authenticate, type Caller, requireScope } from './authenticate.ts';
import { MAX_BODY_BYTES, MAX_SIGNED_BYTES, readBytes } from './input.ts';
import { problem, toProblem, problemResponse } from './problem.ts';
import type { HttpDeps, Route } from './route.ts';
import { routes } from './all-routes.ts';

type Env = {
  Bindings: HttpDeps;
  Variables: {
    /** For the log: the operation, its run, and why it was refused. */
    operation?: string;
    run?: string;
    code?: string;
    error?: unknown;
    caller?: Caller;
    bytes: Uint8Array;
  };
};

export type HttpApp = {
  /** Handles one call. Never throws. */
  respond(request: Request, deps: HttpDeps): Promise<Response>;
};

/** Returns the API. One serves all calls of an instance; each call brings its own dependencies. */
export function createHttpApp(): HttpApp {
  const app = new Hono<Env>({ strict: false });

  app.onError((error, c) => {
    const { body, headers } = toProblem(error);
    c.set('code', body.code);
    if (body.status >= 500) c.set('error', error);
    return problemResponse(body, headers);
  });
  app.notFound(() => {
    throw problem(404, 'route_unknown', 'Route not found.');
  });

  app.use(async (c, next) => {
    await next();
    logCall(c);
  });
  app.use(async (c, next) => {
    const { raw } = c.req;
    let signed: Uint8Array | undefined;
    const body = async () => (signed = await readBytes(raw, MAX_SIGNED_BYTES));
    const call = { headers: raw.headers, body };
    c.set('caller', await authenticate(c.env.callers, call, c.env.run.clock.now()));
    const bytes = signed ?? (await readBytes(raw, MAX_BODY_BYTES));
    if (bytes === undefined || bytes.length > MAX_BODY_BYTES) {
      throw problem(413, 'body_too_large', `The body has more than ${MAX_BODY_BYTES} bytes.`);
    }
    c.set('bytes', bytes);
    await next();
  });

  for (const one of routes) app.on(one.method, patternOf(one), (c) => handle(c, one));
  for (const one of routes) {
    app.all(patternOf(one), () => {
      const allow = routes.filter(({ path }) => path === one.path).map(({ method }) => method);
      const headers = { allow: allow.join(', ') };
      throw problem(405, 'method_wrong', `This route allows ${allow.join(' and ')}.`, { headers });
    });
  }
  return { respond: async (request, deps) => app.fetch(request, deps) };
}

const patternOf = ({ path }: Route): string => path.replace('{id}', ':id');

async function handle(c: Context<Env>, route: Route): Promise<Response> {
  c.set('operation', route.id);
  const caller = c.get('caller');
  if (caller === undefined) throw new TypeError('not authenticated');
  requireScope(caller, route.scope);
  const { status, body, headers, run } = await route.handle({
    deps: c.env,
    caller,
    headers: c.req.raw.headers,
    id: c.req.param('id') ?? '',
    search: new URL(c.req.url).searchParams,
    bytes: c.get('bytes'),
  });
  if (run !== undefined) c.set('run', run);
  const type = route.responses[status]?.type;
  return new Response(type === undefined ? JSON.stringify(body) : String(body), {
    status,
    headers: {
      'content-type': type ?? 'application/json',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

/** Logs the caller, the operation and the status. Of the request itself only the id of an existing run is logged. */
function logCall(c: Context<Env>): void {
  const caller = c.get('caller');
  const { status } = c.res;
  const line = {
    caller: caller?.name,
    kind: caller?.kind,
    operation: c.get('operation'),
    method: c.req.method,
    status,
    code: c.get('code'),
    run: c.get('run'),
  };
  const { log } = c.env.run;
  if (status < 400) log.info('http_accepted', line);
  else if (status < 500) log.warn('http_refused', line);
  else log.error('http_failed', { ...line, ...failure(c.get('error')) });
}

/** The message of a foreign error may contain anything, so only its name and place are logged. */
function failure(error: unknown): { message?: string; at?: string } {
  if (error instanceof PhonevaultError) return { message: error.message };
  if (!(error instanceof Error)) return {};
  const at = /\n +at ([^\n]{1,200})/.exec(error.stack ?? '')?.[1];
  return { message: error.name, ...(at === undefined ? {} : { at }) };
}
