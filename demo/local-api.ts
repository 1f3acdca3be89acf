import * as z from 'zod';

const phonesSchema = z.array(
  z.object({ phone_id: z.string(), phone_name: z.string(), server_id: z.string() }),
);
/** A message by protocol; `default` is what people read. */
const structureSchema = z.object({ default: z.string() });
const messagesSchema = z.array(
  z.object({ subject: z.string(), message_structure: z.string() }).transform((message) => ({
    subject: message.subject,
    text: structureSchema.parse(JSON.parse(message.message_structure)).default,
  })),
);

type LocalPhone = z.infer<typeof phonesSchema>[number];
type LocalMessage = z.infer<typeof messagesSchema>[number];

export type LocalApi = {
  phones(): Promise<LocalPhone[]>;
  /** What the topic received, oldest first. */
  messages(): Promise<LocalMessage[]>;
  /** Sets a phone's state (cph_api_0503). */
  setStatus(phoneId: string, status: number): Promise<void>;
  /** Makes the exports of a phone fail with `code`: the next `times`, or all. */
  failExports(phoneId: string, code: string, times?: number): Promise<void>;
};

const TIMEOUT_MS = 10_000;

/** Returns a client of /_local at the origin of CPH. Its calls throw when the status is not 200. */
export function createLocalApi(origin: string): LocalApi {
  const request = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${origin}/_local/${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status === 200) return JSON.parse(text);
    throw new Error(`/_local/${path}: HTTP ${response.status} ${text.slice(0, 200)}`);
  };
  return {
    phones: async () => phonesSchema.parse(await request('phones')),
    messages: async () => messagesSchema.parse(await request('messages')),
    async setStatus(phoneId, status) {
      await request(`phones/${phoneId}/status`, { status });
    },
    async failExports(phoneId, code, times) {
      const fault = { service: 'cph', kind: 'job_failed', phones: [phoneId], code };
      await request('faults', { ...fault, ...(times === undefined ? {} : { times }) });
    },
  };
}
