import type { CallCounts } from './local-api.ts';

/** The calls of all services: how many, how many of them refused, and how many of each service. */
export function sumCalls(counts: CallCounts): {
  total: number;
  refused: number;
  services: { name: string; total: number }[];
} {
  const services = Object.entries(counts)
    .map(([name, operations]) => ({
      name,
      total: Object.values(operations).reduce((sum, { ok, refused }) => sum + ok + refused, 0),
    }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.total - a.total);
  const refused = Object.values(counts)
    .flatMap((operations) => Object.values(operations))
    .reduce((sum, call) => sum + call.refused, 0);
  return { total: services.reduce((sum, { total }) => sum + total, 0), refused, services };
}
