import { decode } from './raw-request.ts';

export type Route = { method: string; path: string; operation: string };

/** Finds the route of a method and raw path; `:name` segments of its pattern become parameters. */
export function createMatcher<R extends Route>(
  routes: readonly R[],
): (method: string, path: string) => { route: R; params: Record<string, string> } | undefined {
  const compiled = routes.map((route) => ({ route, pattern: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, pattern } of compiled) {
      if (route.method !== method || pattern.length !== segments.length) continue;
      const params: Record<string, string> = {};
      const fits = pattern.every((part, index) => {
        const segment = segments[index] ?? '';
        if (!part.startsWith(':')) return part === segment;
        params[part.slice(1)] = decode(segment);
        return segment !== '';
      });
      if (fits) return { route, params };
    }
    return undefined;
  };
}
