import * as z from 'zod';

const phonesSchema = z.array(
  z.object({
    phone_id: z.string(),
    phone_name: z.string(),
    server_id: z.string(),
    status: z.number(),
  }),
);
const callsSchema = z.record(
  z.string(),
  z.record(z.string(), z.object({ ok: z.number(), refused: z.number() })),
);
const messagesSchema = z.array(
  z.object({
    subject: z.string().nullable(),
    message: z.string().nullable(),
    message_structure: z.string().nullable(),
  }),
);

export type DemoPhone = z.infer<typeof phonesSchema>[number];
export type CallCounts = z.infer<typeof callsSchema>;
export type TopicMessage = z.infer<typeof messagesSchema>[number];

export type LocalApi = {
  phones(): Promise<DemoPhone[]>;
  calls(): Promise<CallCounts>;
  messages(): Promise<TopicMessage[]>;
  setStatus(phoneId: string, status: number): Promise<void>;
  setSpeed(speed: number): Promise<void>;
  /** Makes the exports of one phone fail with `code`: the next `times`, or all. */
  failExports(phoneId: string, code: string, times?: number): Promise<void>;
};

/** The embedded cloud's own API, below /_local at the origin of CPH. Throws for any answer but 200. */
export function createLocalApi(origin: string): LocalApi {
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}/_local/${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (response.status === 200) return JSON.parse(text);
    throw new Error(`/_local/${path} answered ${response.status}: ${text.slice(0, 200)}`);
  };
  return {
    phones: async () => phonesSchema.parse(await ask('phones')),
    calls: async () => callsSchema.parse(await ask('calls')),
    messages: async () => messagesSchema.parse(await ask('messages')),
    setStatus: async (phoneId, status) => void (await ask(`phones/${phoneId}/status`, { status })),
    setSpeed: async (speed) => void (await ask('clock', { speed })),
    failExports: async (phoneId, code, times) => {
      const fault = { service: 'cph', kind: 'job_failed', phones: [phoneId], code };
      await ask('faults', { ...fault, ...(times === undefined ? {} : { times }) });
    },
  };
}
