import type { Clock } from '../../lib/clock.ts';
import { type HttpRequest, type Send, TransportError } from '../../lib/cloud/request/send.ts';
import type { Random } from '../../local/simulation/random.ts';

/** What may happen between us and the cloud. */
export const WIRE_KINDS = [
  'dns',
  'refused',
  'cut_before',
  'cut_after',
  'timeout_before',
  'timeout_after',
  'slow',
  'doubled_first',
  'doubled_second',
] as const;

export type WireLie = {
  kind: (typeof WIRE_KINDS)[number];
  service: Service;
  rate: number;
  /** For `slow`, in ms. */
  delay?: number;
};

export type Service = 'cph' | 'obs' | 'smn';

/** Requests that reached the cloud twice. */
export const sentTwice = new WeakSet<HttpRequest>();

/** The service that a request goes to, by its host. */
function serviceOf({ url }: HttpRequest): Service {
  return (/(cph|obs|smn)\.[a-z0-9-]+\.myhuaweicloud/.exec(url)?.[1] ?? 'cph') as Service;
}

/** The operation that a request asks for, as calls are counted. */
export function operationOf(request: HttpRequest): string {
  const { method, url } = request;
  const [path = '', query = ''] = url.split('?');
  if (serviceOf(request) === 'obs')
    return query.includes('list-type') ? 'obs LIST' : `obs ${method}`;
  if (serviceOf(request) === 'smn') return 'smn publish';
  if (path.endsWith('/batch-storage')) return 'cph batch-storage';
  if (path.endsWith('/jobs')) return 'cph list-jobs';
  if (path.endsWith('/action')) return 'cph tags';
  return path.endsWith('/phones') ? 'cph list-phones' : 'cph show-phone';
}

/** The way to the cloud, with what `lies` (looked at in every call) say happens on it. */
export function lyingWire(
  send: Send,
  clock: Clock,
  random: Random,
  lies: () => readonly WireLie[],
): Send {
  return async (request) => {
    const service = serviceOf(request);
    const lie = lies().find((other) => other.service === service && random() < other.rate);
    const timeout = async (): Promise<never> => {
      await clock.sleep(request.timeoutMs);
      throw new TransportError('timeout', true);
    };
    switch (lie?.kind) {
      case undefined:
        return send(request);
      case 'dns':
        throw new TransportError('dns', false);
      case 'refused':
        throw new TransportError('refused', false);
      case 'cut_before':
        throw new TransportError('cut', true);
      case 'cut_after':
        await send(request);
        throw new TransportError('cut', true);
      case 'timeout_before':
        return timeout();
      case 'timeout_after':
        await send(request);
        return timeout();
      case 'doubled_first': {
        sentTwice.add(request);
        const answer = await send(request);
        await send(request).catch(() => undefined);
        return answer;
      }
      case 'doubled_second':
        sentTwice.add(request);
        await send(request).catch(() => undefined);
        return send(request);
      case 'slow': {
        const answer = await send(request);
        await clock.sleep(lie.delay ?? 2_000);
        return answer;
      }
    }
  };
}
