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
      if (name !== 'iam' && request.body !== null) {
        Object.defineProperty(request, 'body', { value: checked(name, request.body) });
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

/** Returns a body that checks its text once it was read to its end. */
function checked(name: string, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const chunks: Uint8Array[] = [];
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        chunks.push(chunk);
        controller.enqueue(chunk);
      },
      flush: () => void checkText(name, Buffer.concat(chunks).toString()),
    }),
  );
}
