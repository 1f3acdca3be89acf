import * as z from 'zod';
import {
  type AsyncConfig,
  asyncReply,
  type FunctionConfig,
  functionReply,
  type Trigger,
  triggersReply,
} from './functiongraph-schemas.ts';
import { call, type Caller, isAbsent, segment } from './request/request.ts';

export type FunctionGraph = {
  /**
   * Invokes a function asynchronously. Sent once, with a timeout of a few seconds, because the timer invokes the function
   * anyway. Throws ServiceError.
   */
  invokeAsync(functionUrn: string, event: unknown): Promise<void>;
  /** Undefined when the function does not exist. Reads make up to three attempts and throw ServiceError. */
  showFunction(functionUrn: string): Promise<FunctionConfig | undefined>;
  /** Undefined when nothing is set: FunctionGraph then uses its own defaults. */
  showAsync(functionUrn: string): Promise<AsyncConfig | undefined>;
  listTriggers(functionUrn: string): Promise<Trigger[]>;
};

/** Returns a client of FunctionGraph at `endpoint` for one project. */
export function createFunctionGraph(
  options: Caller & { endpoint: string; projectId: string },
): FunctionGraph {
  const fgs = `${options.endpoint}/v2/${segment(options.projectId)}/fgs`;
  const functions = `${fgs}/functions`;
  const read = <T>(operation: string, url: string, reply: z.ZodType<T>): Promise<T> =>
    call(options, {
      service: 'functiongraph',
      operation,
      method: 'GET',
      url,
      reply,
      idempotent: true,
    });
  return {
    showFunction: (urn) =>
      read('show-function', `${functions}/${segment(urn)}/config`, functionReply).catch(
        orUndefined,
      ),
    showAsync: (urn) =>
      read('show-async', `${functions}/${segment(urn)}/async-invoke-config`, asyncReply).catch(
        orUndefined,
      ),
    listTriggers: (urn) => read('list-triggers', `${fgs}/triggers/${segment(urn)}`, triggersReply),

    async invokeAsync(functionUrn, event) {
      await call(options, {
        service: 'functiongraph',
        operation: 'invoke-async',
        method: 'POST',
        url: `${functions}/${segment(functionUrn)}/invocations-async`,
        json: event,
        reply: z.unknown(),
        idempotent: false,
        timeoutMs: 5_000,
        totalMs: 5_000,
      });
    },
  };
}

function orUndefined(error: unknown): undefined {
  if (isAbsent(error)) return undefined;
  throw error;
}
