import { layout } from '../../lib/ledger/store/layout.ts';
import type { Night } from '../../testing/night.ts';
import type { Samples } from './samples.ts';

const MINUTE = 60_000;

/** Reads an object of the ledger as JSON; undefined where there is none. */
export function objectsOf(world: Night): (key: string) => Promise<unknown> {
  return async (key) => {
    const found = await world.invocation().deps.store.get(key);
    if (found === undefined) return undefined;
    return JSON.parse(found.body) as unknown;
  };
}

/** The entries of a run's log. */
export async function runEntries(world: Night, runId: string): Promise<Entry[]> {
  const { store } = world.invocation().deps;
  const keys = (await store.list(layout.log(runId))).map(({ key }) => key);
  return (await Promise.all(keys.map(objectsOf(world)))) as Entry[];
}

export type Entry = { version: number; events: { type: string }[] };

/** Drives until an archive has landed after its run; answers its record. */
export async function untilLanded(world: Night, runId: string): Promise<unknown> {
  const { store } = world.invocation().deps;
  for (let minute = 0; minute < 60; minute += 1) {
    const [landed] = await store.list(`${layout.run(runId)}late/`);
    if (landed !== undefined) return objectsOf(world)(landed.key);
    await world.drive();
    world.clock.move(MINUTE);
  }
  throw new Error('nothing landed late');
}

/** Drives until a phone that a hint told of had its first backup asked for. */
export async function untilGiven(world: Night): Promise<unknown> {
  for (let minute = 0; minute < 30; minute += 1) {
    await world.drive();
    world.clock.move(MINUTE);
    const state = (await objectsOf(world)(layout.provisioning)) as
      { policies: Record<string, { given: object }> } | undefined;
    const given = Object.values(state?.policies ?? {}).map((policy) => policy.given);
    if (given.some((phones) => Object.keys(phones).length > 0)) return state;
  }
  throw new Error('no first backup was asked for');
}

/** The first message of a kind, as every subscriber gets it. */
export async function messageOf(world: Night, kind: string): Promise<Samples> {
  for (const message of await world.cloud.control.messages()) {
    const structure = JSON.parse(message.message_structure ?? '{}') as Record<string, string>;
    const body = JSON.parse(structure.https ?? '{}') as { kind: string };
    if (body.kind !== kind) continue;
    return {
      [`notification_${kind}`]: body,
      notification_attributes: message.message_attributes,
      notification_email: `${message.subject}\n\n${structure.email ?? ''}`,
      notification_sms: structure.sms ?? '',
    };
  }
  throw new Error(`no message of kind ${kind}`);
}
