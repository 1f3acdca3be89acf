import type { HttpRequest, Send } from '../../lib/cloud/request/send.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import type { Mortals } from './killable.ts';
import type { Night } from '../../testing/night.ts';

const MINUTE = 60_000;
const LATE_AFTER = 3;

/** An invocation that a trigger starts in some minute, and again the minute after when it died. */
export type Act = { minute: number; start(send: Send): Promise<unknown> };

export type Script = {
  world: Night;
  acts: Act[];
  /** What happens in the cloud meanwhile, in some minute. */
  incidents?: { minute: number; happen(): unknown }[];
};

/**
 * Plays a script minute by minute, a drive each, until all has been done and `open/` is empty. The instance of drive is warm
 * until it dies. Throws when that takes longer than a day.
 */
export async function play({ world, acts, incidents = [] }: Script, all: Mortals): Promise<void> {
  const { clock } = world;
  let due = [...acts];
  let memory = new Map<string, OpenRun>();
  let diedAt: number | undefined;
  let delivered = false;
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const next = clock.now() + MINUTE;
    for (const { happen } of incidents.filter((one) => one.minute === minute)) await happen();
    const again: Act[] = [];
    for (const act of due.filter((one) => one.minute <= minute)) {
      if ((await all.run((send) => act.start(send))).killed) {
        again.push(act);
        diedAt = minute;
      }
    }
    due = [...due.filter((act) => act.minute > minute), ...again];
    const drove = await all.run((send) => {
      const { deps, timeLeft, holder } = world.invocation({}, send);
      return drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder, memory });
    });
    if (drove.killed) {
      memory = new Map();
      diedAt = minute;
    }
    if (!delivered && diedAt !== undefined && minute >= diedAt + LATE_AFTER) {
      await all.deliver();
      delivered = true;
    }
    if (clock.now() < next) clock.move(next - clock.now());
    if (due.length > 0 || incidents.some((one) => one.minute > minute)) continue;
    const open = await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/');
    if (open.length === 0 && (diedAt === undefined || delivered)) return;
  }
  throw new Error('there is work left after a day');
}

/** Names calls for a failure that has to be understood: method and path, no host. */
export function pathsOf(calls: readonly HttpRequest[]): string[] {
  return calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}
