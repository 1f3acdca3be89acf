import * as z from 'zod';
import { fss } from '../model/error.ts';
import type { TriggerRecord } from '../model/trigger.ts';

const EVENTS = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectRemoved:DeleteMarkerCreated',
] as const;

const obsSchema = z.object({
  bucket: z.string().min(1).max(64),
  events: z.array(z.enum(EVENTS)).min(1),
  name: z.string().max(64).nullish(),
  prefix: z.string().max(1_024).nullish(),
  suffix: z.string().max(1_024).nullish(),
});

/** event_data of an OBS trigger. Throws FSS.1106, FSS.1108, FSS.1151. */
export function readObs(
  data: unknown,
  hasBucket: boolean,
  others: TriggerRecord[],
): z.infer<typeof obsSchema> {
  const parsed = obsSchema.safeParse(data);
  if (!parsed.success) throw fss('FSS.1106', String(parsed.error.issues[0]?.path[0] ?? 'data'));
  const given = parsed.data;
  const isRedundant = given.events.some(
    (event) => !event.endsWith('*') && given.events.some((other) => covers(other, event)),
  );
  if (isRedundant) throw fss('FSS.1106', 'events');
  // The embedded cloud has one region: an unknown bucket counts as one of another region.
  if (!hasBucket) throw fss('FSS.1151');
  const conflicts = others.some(({ data: otherData }) => {
    const other = otherData as typeof given;
    return (
      other.bucket === given.bucket &&
      (other.prefix ?? '') === (given.prefix ?? '') &&
      (other.suffix ?? '') === (given.suffix ?? '') &&
      given.events.some((event) =>
        other.events.some(
          (known) => known === event || covers(known, event) || covers(event, known),
        ),
      )
    );
  });
  if (conflicts) throw fss('FSS.1108');
  return given;
}

function covers(wildcard: string, event: string): boolean {
  return wildcard.endsWith('*') && wildcard !== event && event.startsWith(wildcard.slice(0, -1));
}
