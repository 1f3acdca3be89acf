import { failed, type Finding, ok } from '../finding/finding.ts';
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

const CHECK = 'endpoints';

/** Checks that every service is reachable, over HTTPS unless it is on this machine. Returns a finding for each that is not. */
export function judgeEndpoints(probes: readonly Probe[], region: string): Finding[] {
  const bad = probes.flatMap(({ service, url, response }): Finding[] => {
    if (response.kind === 'received') return [];
    const setting = `PHONEVAULT_${service.toUpperCase()}_ENDPOINT`;
    const advice =
      response.why === 'tls'
        ? `check the clock, and proxies between this machine and ${url}`
        : `check PHONEVAULT_REGION (${region}), ${setting} and this machine's network`;
    const verdict = failed(`${url}: ${WHY[response.why]}`, advice);
    return [{ check: CHECK, subject: service, ...verdict }];
  });
  const plain = probes.filter(({ url }) => url.startsWith('http:')).length;
  const some = plain === probes.length ? 'all' : `${plain} of them`;
  const how = plain === 0 ? 'over HTTPS' : `${some} over plain HTTP on this machine`;
  const all = probes.map(({ service }) => service).join(', ');
  return bad.length > 0
    ? bad
    : [{ check: CHECK, ...ok(`${region}: ${all} are reachable, ${how}`) }];
}
