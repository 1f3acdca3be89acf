import { type Context, Hono } from 'hono';
import { PhonevaultError } from '../errors.ts';
import { authenticate, type Caller, demandScope } from './authenticate.ts';
import { MAX_BODY_BYTES } from './input.ts';
import { problem, problemFrom, problemResponse } from './problem.ts';
import type { HttpDeps, Route } from './route.ts';
import { routes } from './all-routes.ts';

type Env = {
  Bindings: HttpDeps;
  Variables: {
    /** For the log: the operation, the run it was about, and why it was refused. */
    operation?: string;
    run?: string;
    code?: string;
    error?: unknown;
    caller?: Caller;
    bytes: Uint8Array;
  };
};

export type HttpApp = {
  /** Answers one call. Never throws. */
  answer(request: Request, deps: HttpDeps): Promise<Response>;
};

/** The API. Made once an instance: what a call needs comes with it. */
export function createHttpApp(): HttpApp {
  const app = new Hono<Env>({ strict: false });

  app.onError((error, c) => {
    const { body, headers } = problemFrom(error);
    c.set('code', body.code);
    if (body.status >= 500) c.set('error', error);
    return problemResponse(body, headers);
  });
  app.notFound(() => {
    throw problem(404, 'route_unknown', 'There is nothing at this address.');
  });

  app.use(async (c, next) => {
    await next();
    logCall(c);
  });
  app.use(async (c, next) => {
    const bytes = new Uint8Array(await c.req.raw.arrayBuffer());
    if (bytes.length > MAX_BODY_BYTES) {
      throw problem(413, 'body_too_large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
    }
    c.set('bytes', bytes);
    const call = { headers: c.req.raw.headers, body: bytes };
    c.set('caller', authenticate(c.env.callers, call, c.env.run.clock.now()));
    await next();
  });

  for (const one of routes) app.on(one.method, patternOf(one), (c) => handle(c, one));
  for (const one of routes) {
    app.all(patternOf(one), () => {
      const allow = routes.filter(({ path }) => path === one.path).map(({ method }) => method);
      const headers = { allow: allow.join(', ') };
      throw problem(405, 'method_wrong', `This address takes ${allow.join(' and ')}.`, { headers });
    });
  }
  return { answer: async (request, deps) => app.fetch(request, deps) };
}

const patternOf = ({ path }: Route): string => path.replace('{id}', ':id');

async function handle(c: Context<Env>, route: Route): Promise<Response> {
  c.set('operation', route.id);
  const caller = c.get('caller');
  if (caller === undefined) throw new TypeError('no caller');
  demandScope(caller, route.scope);
  const { status, body, headers, run } = await route.handle({
    deps: c.env,
    caller,
    headers: c.req.raw.headers,
    id: c.req.param('id') ?? '',
    search: new URL(c.req.url).searchParams,
    bytes: c.get('bytes'),
  });
  if (run !== undefined) c.set('run', run);
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

/** Who asked for what, and how it was answered; nothing of what was sent, but the id of a run that is there. */
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

/** The message of a foreign error may hold anything; its name and place do not. */
function failure(error: unknown): { message?: string; at?: string } {
  if (error instanceof PhonevaultError) return { message: error.message };
  if (!(error instanceof Error)) return {};
  const at = /\n +at ([^\n]{1,200})/.exec(error.stack ?? '')?.[1];
  return { message: error.name, ...(at === undefined ? {} : { at }) };
}
