import * as z from 'zod';
import { CphError } from '../protocol/errors.ts';
import type { PowerKind } from '../world/power.ts';
import type { Limits } from '../world/settings.ts';

/** `property` is a JSON text, not an object (cph_api_0514). */
const phones = z.object({
  image_id: z.string().max(32).optional(),
  phones: z
    .array(z.object({ phone_id: z.string(), property: z.string().max(2048).optional() }))
    .min(1),
});
const phoneIds = z.object({ phone_ids: z.array(z.string()).min(1) });

/** Parses a batch-restart, -reset or -stop. Throws CphError. */
export function parsePowerRequest(
  kind: PowerKind,
  body: unknown,
  limits: Limits,
): { phone_id: string }[] {
  const items =
    kind === 'stop'
      ? phoneIds.safeParse(body).data?.phone_ids.map((phone_id) => ({ phone_id }))
      : phones.safeParse(body).data?.phones;
  if (items === undefined) throw new CphError('CPS.0077');
  if (items.length > limits.phonesPerCall) throw new CphError('CPS.0190');
  return items;
}
