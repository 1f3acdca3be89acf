import type { Send } from '../../../lib/cloud/request/send.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import type { Night } from '../../../testing/night.ts';
import type { Killable } from './killable.ts';

const MINUTE = 60_000;
const DELIVER_AFTER_MINUTES = 3;

/** An invocation that a trigger starts in some minute, and again in the next minute when it was killed. */
export type Invocation = { minute: number; start(send: Send): Promise<unknown> };

export type Script = { world: Night; invocations: Invocation[] };

/**
 * Plays a script minute by minute, with one drive a minute, until every invocation has ended and `open/` is empty. The instance
 * of drive stays warm until it is killed. Throws when that takes longer than a day.
 */
export async function playScript(
  { world, invocations }: Script,
  killable: Killable,
): Promise<void> {
  const { clock } = world;
  let due = [...invocations];
  let memory = new Map<string, OpenRun>();
  let diedAt: number | undefined;
  let isDelivered = false;
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    const next = clock.now() + MINUTE;
    const again: Invocation[] = [];
    for (const invocation of due.filter((one) => one.minute <= minute)) {
      if ((await killable.run((send) => invocation.start(send))).killed) {
        again.push(invocation);
        diedAt = minute;
      }
    }
    due = [...due.filter((one) => one.minute > minute), ...again];
    const drove = await killable.run((send) => {
      const { deps, timeLeft, holder } = world.invocation({}, send);
      return drive(deps, { ...driveWindow(clock.now(), timeLeft()), holder, memory });
    });
    if (drove.killed) {
      memory = new Map();
      diedAt = minute;
    }
    if (!isDelivered && diedAt !== undefined && minute >= diedAt + DELIVER_AFTER_MINUTES) {
      await killable.deliverLate();
      isDelivered = true;
    }
    if (clock.now() < next) clock.move(next - clock.now());
    if (due.length > 0) continue;
    const open = await world.cloud.backend.list(world.cloud.bucket, 'phonevault/open/');
    if (open.length === 0 && (diedAt === undefined || isDelivered)) return;
  }
  throw new Error('a run is still open after a day');
}
