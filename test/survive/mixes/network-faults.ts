import type { Clock } from '../../../lib/clock.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type Send,
  TransportError,
} from '../../../lib/cloud/request/send.ts';
import type { Random } from '../../../local/simulation/random.ts';

/** What may go wrong between the functions and the cloud. */
export const NETWORK_FAULTS = [
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

export type NetworkFault = {
  kind: (typeof NETWORK_FAULTS)[number];
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

/** Returns the name of a request's operation, as calls are counted. */
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

/** A network with the faults that `faults` returns at the time of each call. */
export function faultyNetwork(
  send: Send,
  clock: Clock,
  random: Random,
  faults: () => readonly NetworkFault[],
): Send {
  return async (request) => {
    const service = serviceOf(request);
    const fault = faults().find((other) => other.service === service && random() < other.rate);
    return fault === undefined ? send(request) : sendThrough(fault, send, clock, request);
  };
}

async function sendThrough(
  { kind, delay = 2_000 }: NetworkFault,
  send: Send,
  clock: Clock,
  request: HttpRequest,
): Promise<HttpResponse> {
  switch (kind) {
    case 'dns':
      throw new TransportError('dns', false);
    case 'refused':
      throw new TransportError('refused', false);
    case 'cut_before':
      throw new TransportError('cut', true);
    case 'cut_after':
      await send(request);
      throw new TransportError('cut', true);
    case 'timeout_after':
      await send(request);
      await clock.sleep(request.timeoutMs);
      throw new TransportError('timeout', true);
    case 'timeout_before':
      await clock.sleep(request.timeoutMs);
      throw new TransportError('timeout', true);
    case 'doubled_first': {
      sentTwice.add(request);
      const response = await send(request);
      await send(request).catch(() => undefined);
      return response;
    }
    case 'doubled_second':
      sentTwice.add(request);
      await send(request).catch(() => undefined);
      return send(request);
    case 'slow': {
      const response = await send(request);
      await clock.sleep(delay);
      return response;
    }
  }
}
