import { jsonResponse } from '../../http/responses.ts';
import { type Call, createApi } from '../../api/api.ts';
import { throttled } from '../../faults/throttled.ts';
import type { Gateway } from '../../iam/auth/gateway.ts';
import { hexId } from '../../simulation/random.ts';
import type { Calls } from '../../api/calls.ts';
import type { Service } from '../../http/server.ts';
import type { Time } from '../../simulation/time.ts';
import { CphError, cphErrorResponse } from '../protocol/errors.ts';
import { type Operation, OPERATIONS } from './operations.ts';
import type { World } from '../world/world.ts';
import { createRateLimit } from './rate-limit.ts';

/** CPH behind its gateway. Checks the caller, then the rate limit, then the project, then runs the call. */
export function createCph(options: {
  world: World;
  gateway: Gateway;
  projectId: string;
  calls: Calls;
  time: Time;
}): Service {
  const { world, gateway, projectId, calls, time } = options;
  const { random, faults } = world;
  const admit = createRateLimit(world, time);

  const run = async (operation: Operation, call: Call): Promise<Response> => {
    const caller = await gateway.identify(call.request, call.body);
    if (caller instanceof Response) return caller;
    const exceeded = admit(caller, operation.kind);
    if (exceeded !== undefined) {
      return throttled('cph', world.limits.hint ? exceeded : undefined, time);
    }
    await world.timeline.advance();
    const requestId = hexId(random);
    try {
      checkProject(call.params.project_id ?? '', caller.projectId, projectId);
      const body = operation.run(world, call, requestId);
      const status = operation.isBatch === true ? world.switches.successStatus : 200;
      if (body === undefined) {
        return new Response(null, { status, headers: { 'x-request-id': requestId } });
      }
      return jsonResponse(status, { request_id: requestId, ...body }, requestId);
    } catch (error) {
      if (error instanceof CphError) return cphErrorResponse(error, requestId);
      throw error;
    }
  };

  return createApi({ service: 'cph', routes: OPERATIONS, calls, faults, time, random, run });
}

function checkProject(inPath: string, ofCaller: string | undefined, ours: string): void {
  if (!/^[0-9a-zA-Z]{1,64}$/.test(inPath)) throw new CphError('CPS.0046');
  if (ofCaller !== ours || inPath !== ours) throw new CphError('CPS.0001');
}
