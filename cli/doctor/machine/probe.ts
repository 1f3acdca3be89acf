import type { Clock } from '../../../lib/clock.ts';
import type { Endpoints } from '../../../lib/cloud/endpoints.ts';
import { type Send, TransportError, type TransportKind } from '../../../lib/cloud/request/send.ts';

/** What an endpoint returned for a request without credentials. Times in epoch ms. */
export type Probe = {
  service: keyof Endpoints;
  url: string;
  response:
    | { kind: 'received'; sentAt: number; receivedAt: number; date: string | undefined }
    | { kind: 'none'; why: TransportKind };
};

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

/** Requests the root of every endpoint, in parallel. Any response shows that the endpoint exists. */
export async function probeEndpoints(
  endpoints: Endpoints,
  { send, clock }: { send: Send; clock: Clock },
): Promise<Probe[]> {
  const services = Object.entries(endpoints) as [keyof Endpoints, string][];
  return Promise.all(
    services.map(async ([service, url]) => {
      const sentAt = clock.now();
      try {
        const { headers } = await send({
          method: 'GET',
          url: `${url}/`,
          headers: {},
          timeoutMs: TIMEOUT_MS,
          maxBytes: MAX_BYTES,
        });
        const date = headers['date'];
        return {
          service,
          url,
          response: { kind: 'received', sentAt, receivedAt: clock.now(), date },
        };
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        return { service, url, response: { kind: 'none', why: error.kind } };
      }
    }),
  );
}
