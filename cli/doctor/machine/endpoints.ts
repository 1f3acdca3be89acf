import { failed, ok, type Verdict, worstOf } from '../finding/finding.ts';
import type { Probe } from './probe.ts';

const WHY = {
  dns: 'unknown host name',
  refused: 'connection refused',
  tls: 'TLS failed',
  timeout: 'timeout',
  cut: 'connection closed',
  aborted: 'aborted',
  too_large: 'response too large',
} as const;

/** Checks that every service is reachable, over HTTPS unless it is on this machine. */
export function judgeEndpoints(probes: readonly Probe[], region: string): Verdict {
  const bad = probes.flatMap(({ service, url, response }): Verdict[] => {
    if (response.kind === 'received') return [];
    const setting = `PHONEVAULT_${service.toUpperCase()}_ENDPOINT`;
    const advice =
      response.why === 'tls'
        ? `check the clock, and proxies between this machine and ${url}`
        : `check PHONEVAULT_REGION (${region}), ${setting} and this machine's network`;
    return [failed(`${service} at ${url}: ${WHY[response.why]}`, advice)];
  });
  const plain = probes.filter(({ url }) => url.startsWith('http:')).length;
  const some = plain === probes.length ? 'all' : `${plain} of them`;
  const how = plain === 0 ? 'over HTTPS' : `${some} over plain HTTP on this machine`;
  return bad.length === 0
    ? ok(`${region}: ${probes.map(({ service }) => service).join(', ')} are reachable, ${how}`)
    : worstOf(bad, '');
}
