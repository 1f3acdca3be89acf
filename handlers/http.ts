import { createHttpApp } from '../lib/http/app.ts';
import { type ApigResponse, withApigResponse } from '../lib/runtime/apig-response.ts';
import { parseApigEvent } from '../lib/runtime/events/apig-event.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { httpDeps } from '../lib/runtime/http-deps.ts';
import { invocationLog, realInstance } from '../lib/runtime/invocation.ts';

const instance = realInstance();
const app = createHttpApp();

/** APIG, shared or dedicated: serves one API call. Never throws. */
export function handler(event: unknown, context: FgContext): Promise<ApigResponse> {
  return withApigResponse(invocationLog(context, instance), async () => {
    const { request, mount } = parseApigEvent(event);
    return app.respond(request, httpDeps(context, instance, mount));
  });
}
