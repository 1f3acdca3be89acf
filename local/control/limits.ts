import * as z from 'zod';
import type { Limits } from '../cph/world/settings.ts';

const count = z.number().int().min(1).optional();

export const limitsInputSchema = z.strictObject({
  writes_per_minute: count,
  reads_per_minute: count,
  phones_per_call: count,
  exports_per_server: count,
  exports_per_account: count,
  window: z.enum(['fixed', 'sliding']).optional(),
  hint: z.boolean().optional(),
});

/** Changes hidden limits from now on. `phones_per_call` is that of exports, restores and power calls. */
export function changeLimits(limits: Limits, input: z.infer<typeof limitsInputSchema>): void {
  const changes: { [Name in keyof Limits]: Limits[Name] | undefined } = {
    storageInfosPerCall: input.phones_per_call,
    restoreInfosPerCall: input.phones_per_call,
    phonesPerCall: input.phones_per_call,
    writesPerMinute: input.writes_per_minute,
    readsPerMinute: input.reads_per_minute,
    exportsPerServer: input.exports_per_server,
    exportsPerAccount: input.exports_per_account,
    window: input.window,
    hint: input.hint,
  };
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  Object.assign(limits, Object.fromEntries(given));
}
