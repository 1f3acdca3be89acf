import { duration } from '../../text/time.ts';
import { failed, ok, unknown, type Verdict, warning } from '../finding.ts';
import type { Probe } from '../probe.ts';

const TOLERATED_MS = 15 * 60_000;
const NOTABLE_MS = 60_000;
const FIX = 'set the clock of this machine (NTP); signatures hold for 15 minutes';

/** How far this machine's clock is off, by the services' own (the Date of their answers, whole seconds). */
export function judgeClock(probes: readonly Probe[]): Verdict {
  const offs = probes.flatMap(({ answer }) => {
    if (answer.kind !== 'answered') return [];
    const theirs = Date.parse(answer.date ?? '');
    if (!Number.isFinite(theirs)) return [];
    // Their time was written down somewhere between asking and hearing, and says whole seconds only.
    const [least, most] = [answer.sentAt - theirs - 1_000, answer.cameAt - theirs];
    return [least > 0 ? least : Math.min(most, 0)];
  });
  if (offs.length === 0) return unknown('no service told its time');
  const off = offs.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst));
  const text = `${duration(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} the services' clocks`;
  if (Math.abs(off) > TOLERATED_MS) return failed(text, FIX);
  if (Math.abs(off) > NOTABLE_MS) return warning(text, FIX);
  return ok(off === 0 ? "as the services' clocks, to the second" : text);
}
