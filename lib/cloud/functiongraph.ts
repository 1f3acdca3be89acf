import * as z from 'zod';
import { call, type Caller, segment } from './request.ts';

export type FunctionGraph = {
  /**
   * Asks for one asynchronous run of a function and does not wait for it. Sent once and given up
   * after a few seconds: it only saves waiting for the timer. Throws ServiceError.
   */
  invokeAsync(functionUrn: string, event: unknown): Promise<void>;
};

/** A client of FunctionGraph at `endpoint` for one project. */
export function createFunctionGraph(
  options: Caller & { endpoint: string; projectId: string },
): FunctionGraph {
  const functions = `${options.endpoint}/v2/${segment(options.projectId)}/fgs/functions`;
  return {
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
