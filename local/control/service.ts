import * as z from 'zod';
import { jsonResponse } from '../http/responses.ts';
import { createRouter, type Route } from '../http/router.ts';
import { parseJson, readBody } from '../http/body.ts';
import { targetOf } from '../http/raw-request.ts';
import type { Service } from '../http/server.ts';
import { deliveryForms } from './deliveries.ts';
import { faultSchema } from '../faults/fault.ts';
import type { Control } from './control.ts';
import { limitsInputSchema } from './limits.ts';
import { classSchema } from './objects.ts';
import { fileSchema, wipeSchema } from './phone-files.ts';

const MAX_BODY = 4 * 1024 * 1024;

type Input = { id: string; body: unknown; query: Record<string, string> };
type ControlRoute = Route & { run(control: Control, input: Input): unknown };

const createSchema = z.strictObject({
  count: z.number().int().min(1).max(10_000),
  server_id: z.string().optional(),
});
const statusSchema = z.strictObject({ status: z.number().int().min(-9).max(8) });
const DAY = 86_400_000;
const delay = z.number().int().min(0).max(DAY);
const deliverySchema = z.strictObject({
  copies: z.number().int().min(1).max(20).default(1),
  delay_ms: z
    .tuple([delay, delay])
    .refine(([min, max]) => min <= max)
    .default([0, 0]),
  forms: z.array(z.enum(deliveryForms)).min(1).default(['cts']),
  topics: z.boolean().default(false),
});
const clockSchema = z.strictObject({ speed: z.number().positive().max(1_000_000) });

const ROUTES: readonly ControlRoute[] = [
  route('GET', 'messages', (control) => control.messages()),
  route('GET', 'calls', (control) => control.calls()),
  route('GET', 'traces', (control) => control.traces()),
  route('GET', 'events', (control) => control.events()),
  route('POST', 'events', (control, { body }) => {
    const settings = deliverySchema.parse(body);
    const { delay_ms: delayMs, ...rest } = settings;
    control.setDelivery({ ...rest, delayMs });
    return settings;
  }),
  route('GET', 'limits', (control) => control.limits()),
  route('POST', 'limits', (control, { body }) => {
    control.changeLimits(limitsInputSchema.parse(body));
    return control.limits();
  }),
  route('GET', 'phones', (control) => control.phones()),
  route('POST', 'phones', async (control, { body }) => {
    const { count, server_id } = createSchema.parse(body);
    return (await control.createPhones(count, server_id)) ?? notFound('server');
  }),
  route('DELETE', 'phones/:id', async (control, { id }) =>
    (await control.deletePhone(id)) ? {} : notFound('phone'),
  ),
  route('GET', 'phones/:id/files', async (control, { id }) => {
    return (await control.files(id)) ?? notFound('phone');
  }),
  route('PUT', 'phones/:id/files', async (control, { id, body }) => {
    return (await control.putFile(id, fileSchema.parse(body))) ?? notFound('phone');
  }),
  route('DELETE', 'phones/:id/files', async (control, { id, query }) => {
    const deleted = await control.wipe(id, wipeSchema.parse(query).path);
    return deleted === undefined ? notFound('phone') : { deleted };
  }),
  route('POST', 'phones/:id/status', async (control, { id, body }) => {
    const { status } = statusSchema.parse(body);
    return (await control.setStatus(id, status)) ? {} : notFound('phone');
  }),
  route('POST', 'objects', async (control, { body }) =>
    (await control.changeClass(classSchema.parse(body))) ? {} : notFound('object'),
  ),
  route('POST', 'clock', async (control, { body }) => {
    const { speed } = clockSchema.parse(body);
    await control.setSpeed(speed);
    return { speed };
  }),
  route('POST', 'faults', (control, { body }) => {
    const fault = faultSchema.parse(body);
    control.addFault(fault);
    return fault;
  }),
  route('DELETE', 'faults', (control) => {
    control.clearFaults();
    return {};
  }),
];

/** The control API over HTTP, below /_local. Bad input gets a 400 that says what is wrong. */
export function createControlService(control: Control): Service {
  const find = createRouter(ROUTES);
  return async (request) => {
    const { path, query } = targetOf(request);
    const match = find(request.method, path);
    if (match === undefined) return notFound('path');
    const body = await readBody(request, MAX_BODY);
    if (body === undefined)
      return jsonResponse(413, { error: `the body is larger than ${MAX_BODY} bytes` });
    try {
      const input = {
        id: match.params.id ?? '',
        body: parseJson(body),
        query: Object.fromEntries(new URLSearchParams(query)),
      };
      const result = await match.route.run(control, input);
      return result instanceof Response ? result : jsonResponse(200, result);
    } catch (error) {
      if (error instanceof z.ZodError) {
        return jsonResponse(400, { error: z.prettifyError(error).slice(0, 1_000) });
      }
      throw error;
    }
  };
}

export function isControlPath(path: string): boolean {
  return path === '/_local' || path.startsWith('/_local/');
}

function route(method: string, path: string, run: ControlRoute['run']): ControlRoute {
  return { method, path: `/_local/${path}`, operation: path, run };
}

function notFound(what: string): Response {
  return jsonResponse(404, { error: `${what} not found` });
}
