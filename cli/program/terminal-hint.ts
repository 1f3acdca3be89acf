import { type PhonevaultError, ServiceError } from '../../lib/errors.ts';
import type { Io } from '../io/io.ts';
import { commandSettings } from '../sign-in/connect.ts';
import { readEnvCredentials } from '../sign-in/env-credentials.ts';

type Env = Io['env'];

const AGENCY = "the function's agency";

/** Returns the hint of an error for a person at a terminal, who has variables and a network where a function has an agency. */
export function terminalHint(error: PhonevaultError, io: Io): string | undefined {
  const { code, hint } = error;
  if (!(error instanceof ServiceError)) return hint;
  const who = credentialsIn(io.env);
  if (code === 'credentials_refused') {
    const region = io.env.PHONEVAULT_REGION
      ? `PHONEVAULT_REGION (${io.env.PHONEVAULT_REGION})`
      : 'the region';
    return `check ${who}, and ${region}: credentials are refused in a region that they are not for`;
  }
  if (code === 'access_denied') return hint?.replace(AGENCY, `the user of ${who}`);
  if (code !== 'unreachable' || error.status !== undefined) return hint;
  const { host, variable } = placeOf(io, error.service);
  const proxy = io.env.HTTPS_PROXY ? ', and the proxy of HTTPS_PROXY' : '';
  const more = hint === undefined ? '' : `; ${hint}`;
  return `nothing came back from ${host}: check the network, ${variable}${proxy}${more}`;
}

/** Names the variables that the credentials come from. */
function credentialsIn(env: Env): string {
  try {
    const given = readEnvCredentials(env);
    if (given.how === 'password') return given.names.slice(0, 2).join(' and ');
    const token = ' and HUAWEICLOUD_SDK_SECURITY_TOKEN, which lasts for hours only';
    return `HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK${given.securityToken === undefined ? '' : token}`;
  } catch {
    return 'the access key and the secret key';
  }
}

/** Returns the host that was called, and the variable that it comes from. */
function placeOf(io: Io, service: string): { host: string; variable: string } {
  const own = `PHONEVAULT_${service.toUpperCase()}_ENDPOINT`;
  const variable = io.env[own] ? own : `PHONEVAULT_REGION (${io.env.PHONEVAULT_REGION})`;
  try {
    const endpoints: Record<string, string> = commandSettings(io).endpoints;
    return { host: new URL(endpoints[service] ?? '').host, variable };
  } catch {
    return { host: service, variable };
  }
}
