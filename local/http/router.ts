import { decode } from './raw-request.ts';

export type Route = { method: string; path: string; operation: string };

type Match<R> = { route: R; params: Record<string, string> };

/** Returns a function that finds the route of a method and raw path. `:name` segments become parameters. */
export function createRouter<R extends Route>(
  routes: readonly R[],
): (method: string, path: string) => Match<R> | undefined {
  const compiled = routes.map((route) => ({ route, pattern: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, pattern } of compiled) {
      if (route.method !== method || pattern.length !== segments.length) continue;
      const params: Record<string, string> = {};
      const matches = pattern.every((part, index) => {
        const segment = segments[index] ?? '';
        if (!part.startsWith(':')) return part === segment;
        params[part.slice(1)] = decode(segment);
        return segment !== '';
      });
      if (matches) return { route, params };
    }
    return undefined;
  };
}
