import { duration } from '../../text/time.ts';
import { failed, ok, unknown, type Verdict, warning } from '../finding/finding.ts';
import type { Probe } from './probe.ts';

const TOLERATED_MS = 15 * 60_000;
const NOTABLE_MS = 60_000;
const FIX = 'set the clock of this machine (NTP); signatures hold for 15 minutes';

/** Compares this machine's clock with the services' (the Date header of their responses, in whole seconds). */
export function judgeClock(probes: readonly Probe[]): Verdict {
  const offs = probes.flatMap(({ answer }) => {
    if (answer.kind !== 'answered') return [];
    const theirs = Date.parse(answer.date ?? '');
    if (!Number.isFinite(theirs)) return [];
    // Their time was taken between request and response, and is cut to whole seconds.
    const [least, most] = [answer.sentAt - theirs - 1_000, answer.receivedAt - theirs];
    return [least > 0 ? least : Math.min(most, 0)];
  });
  if (offs.length === 0) return unknown('no service sent its time');
  const off = offs.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst));
  const text = `${duration(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} the services' clocks`;
  if (Math.abs(off) > TOLERATED_MS) return failed(text, FIX);
  if (Math.abs(off) > NOTABLE_MS) return warning(text, FIX);
  return ok(off === 0 ? "equal to the services' clocks, to the second" : text);
}
