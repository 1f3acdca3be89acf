import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { follow, type PhoneState, type Tally, tallyOf } from './tally.ts';

const planSchema = z.object({ parts: z.array(z.string()) });
const partSchema = z.object({
  phones: z.array(z.object({ phone_id: z.string(), verdict: z.unknown().optional() })),
});
const entrySchema = z.object({
  events: z.array(
    z.object({
      type: z.string(),
      phone_id: z.string().optional(),
      tries: z.array(z.object({ phone_id: z.string() })).optional(),
      result: z.string().optional(),
    }),
  ),
});
const reportSchema = z.object({
  run_id: z.string(),
  policy: z.string(),
  outcome: z.string(),
  message: z.string().optional(),
  phones: z.array(
    z.object({
      phone_id: z.string(),
      outcome: z.string(),
      reason: z.string().optional(),
      code: z.string().optional(),
      bucket: z.string().optional(),
      key: z.string().optional(),
      size: z.number().optional(),
      attempts: z.number(),
    }),
  ),
});

export type Report = z.infer<typeof reportSchema>;

export type RunFolder = {
  /** How far the run is; undefined until it has been planned. */
  tally(): Promise<Tally | undefined>;
  /** The report of a run that is over and has been told; undefined before. */
  settled(): Promise<Report | undefined>;
};

/** Looks at one run from outside: at its objects, which lie as files below the bucket's `ledger` folder. */
export function openRunFolder(ledger: string, runId: string): RunFolder {
  const run = join(ledger, 'runs', runId);
  const states = new Map<string, PhoneState>();
  const seen = new Set<string>();

  return {
    async tally() {
      if (states.size === 0) {
        const plan = await readJson(join(run, 'plan.json'), planSchema);
        for (const part of plan?.parts ?? []) {
          const phones = (await readJson(join(ledger, part), partSchema))?.phones ?? [];
          for (const { phone_id, verdict } of phones) {
            states.set(phone_id, verdict === undefined ? 'waiting' : 'ended');
          }
        }
        if (plan === undefined) return undefined;
      }
      for (const name of (await listFolder(join(run, 'log'))).sort()) {
        if (seen.has(name)) continue;
        seen.add(name);
        const entry = await readJson(join(run, 'log', name), entrySchema);
        for (const event of entry?.events ?? []) follow(states, event);
      }
      return tallyOf(states);
    },
    async settled() {
      if ((await listFolder(join(ledger, 'open'))).includes(`${runId}.json`)) return undefined;
      return readJson(join(run, 'report.json'), reportSchema);
    },
  };
}

/** Where the phones of a settled run ended: their failures show in no single entry of the log. */
export function tallyOfReport({ phones }: Pick<Report, 'phones'>): Tally {
  const verified = phones.filter(({ outcome }) => outcome === 'exported').length;
  const total = phones.length;
  return { total, waiting: 0, exporting: 0, verified, ended: total - verified };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(file, 'utf8').catch(whenAbsent(undefined));
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const fault = z.prettifyError(parsed.error).slice(0, 200);
  throw new Error(`${file} is not as expected: ${fault}`);
}

async function listFolder(folder: string): Promise<string[]> {
  return readdir(folder).catch(whenAbsent<string[]>([]));
}

function whenAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };
}
