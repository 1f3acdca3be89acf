import { type Cloud, type CloudOptions, createCloud as create } from '../../local/cloud.ts';
import { SERVICE_NAMES, serviceOf } from '../../local/api/hosts.ts';
import { targetOf } from '../../local/http/raw-request.ts';
import type { Service } from '../../local/http/server.ts';
import { MARK } from './marks.ts';
import { checkText } from './check-text.ts';

export * from '../../local/cloud.ts';

/** The embedded cloud with marked keys and tokens. Checks requests for leaks, except their headers and the bodies to IAM. */
export async function createCloud(options: CloudOptions = {}): Promise<Cloud> {
  const cloud = await create({ mark: MARK, ...options });
  const watch = (name: string, service: Service): Service => {
    return async (request) => {
      checkText(name, request.url);
      const read = request.arrayBuffer.bind(request);
      if (name !== 'iam') {
        const value = async () => {
          const bytes = await read();
          checkText(name, Buffer.from(bytes).toString());
          return bytes;
        };
        Object.defineProperty(request, 'arrayBuffer', { value });
      }
      return service(request);
    };
  };
  const services = Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, watch(name, cloud.services[name])]),
  ) as Cloud['services'];
  const handle: Service = async (request) =>
    services[serviceOf(targetOf(request).host, cloud.region)](request);
  return Object.assign(cloud, { services, handle });
}
