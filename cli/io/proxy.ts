import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { Agent } from 'node:http';
import { PhonevaultError } from '../../lib/errors.ts';
import { isLoopback } from '../../lib/cloud/request/send.ts';

/**
 * Returns a function from a URL to the agent of the proxy that HTTPS_PROXY names for it, unless NO_PROXY excludes its host; this
 * machine is always called directly. That function throws `setting_invalid` for a proxy that is no URL, without echoing it: it may
 * hold a password.
 */
export function proxyFor(): (url: string) => Agent | undefined {
  const agents = new Map<string, Agent>();
  return (url) => {
    const given = isLoopback(new URL(url).hostname) ? '' : getProxyForUrl(url);
    if (given === '') return undefined;
    const agent = agents.get(given) ?? agentOf(given);
    agents.set(given, agent);
    return agent;
  };
}

function agentOf(proxy: string): Agent {
  if (/^https?:\/\/[^/\s]+\/?$/.test(proxy) && URL.canParse(proxy))
    return new HttpsProxyAgent(proxy);
  throw new PhonevaultError('setting_invalid', 'HTTPS_PROXY is not the address of a proxy', {
    hint: 'set it to http://<host>:<port>, with <user>:<password>@ before the host if the proxy wants it, or unset it',
  });
}
