import * as z from 'zod';
import { fss } from '../model/error.ts';
import type { TriggerRecord } from '../model/trigger.ts';

// functiongraph_01_0209
const MAX_SERVICES = 10;
const MAX_OPERATIONS = 10;
const MAX_TOTAL = 100;

const ctsSchema = z.object({
  name: z.string().nullish(),
  operations: z.array(z.string()).nullish(),
});

/** A kind of trace that a trigger subscribes to. */
export type Operation = { service: string; resource: string; trace: string };

/** event_data of a CTS trigger. Throws FSS.1312, 1313, 1314, 1316, 1317, 1318, 1307, 0400. */
export function readCts(
  data: unknown,
  others: TriggerRecord[],
): { name: string; operations: string[] } {
  const parsed = ctsSchema.safeParse(data);
  if (!parsed.success) throw fss('FSS.1318');
  const { name, operations } = parsed.data;
  if (!name) throw fss('FSS.1312');
  if (name.length > 64) throw fss('FSS.1317');
  if (!/^[\p{Script=Han}\w]+$/u.test(name)) throw fss('FSS.0400', 'name');
  if (operations === undefined || operations === null || operations.length === 0) {
    throw fss('FSS.1314');
  }
  const all = readOperations(operations);
  const keys = all.map(({ service, resource, trace }) => `${service}:${resource}:${trace}`);
  if (new Set(keys).size < keys.length) throw fss('FSS.1316');
  const perService = countByService(all);
  if (
    all.length > MAX_TOTAL ||
    perService.size > MAX_SERVICES ||
    [...perService.values()].some((count) => count > MAX_OPERATIONS)
  ) {
    throw fss('FSS.1313');
  }
  if (others.some((other) => other.data['name'] === name)) throw fss('FSS.1307');
  return { name, operations };
}

/**
 * Parses `<service>:<resource>;<resource>:<trace>;<trace>`: every pair of a resource and a trace. Throws FSS.1318.
 */
export function readOperations(operations: string[]): Operation[] {
  return operations.flatMap((text) => {
    const [service = '', resources = '', traces = '', ...rest] = text.split(':');
    if (rest.length > 0 || service === '') throw fss('FSS.1318');
    return splitList(resources).flatMap((resource) =>
      splitList(traces).map((trace) => ({ service, resource, trace })),
    );
  });
}

function splitList(text: string): string[] {
  const parts = text.split(';');
  if (parts.some((part) => !/^[\w.-]+$/.test(part))) throw fss('FSS.1318');
  return parts;
}

function countByService(all: Operation[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { service } of all) counts.set(service, (counts.get(service) ?? 0) + 1);
  return counts;
}
