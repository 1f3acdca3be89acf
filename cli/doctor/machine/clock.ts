import { duration } from '../../text/time.ts';
import { failed, ok, unknown, type Verdict, warning } from '../finding/finding.ts';
import type { Probe } from './probe.ts';

const TOLERATED_MS = 15 * 60_000;
const NOTABLE_MS = 60_000;
const FIX = 'set the clock of this machine (NTP); signatures hold for 15 minutes';

/** Compares this machine's clock with the services' (the Date header of their responses, in whole seconds). */
export function judgeClock(probes: readonly Probe[]): Verdict {
  const offsets = probes.flatMap(({ response }) => {
    if (response.kind !== 'received') return [];
    const serverTime = Date.parse(response.date ?? '');
    if (!Number.isFinite(serverTime)) return [];
    // The server read its clock between request and response, and sends whole seconds.
    const min = response.sentAt - serverTime - 1_000;
    const max = response.receivedAt - serverTime;
    return [min > 0 ? min : Math.min(max, 0)];
  });
  if (offsets.length === 0) return unknown('no service sent its time');
  const offset = offsets.reduce((worst, one) => (Math.abs(one) > Math.abs(worst) ? one : worst));
  const text = `${duration(Math.abs(offset))} ${offset > 0 ? 'ahead of' : 'behind'} the services' clocks`;
  if (Math.abs(offset) > TOLERATED_MS) return failed(text, FIX);
  if (Math.abs(offset) > NOTABLE_MS) return warning(text, FIX);
  return ok(offset === 0 ? "equal to the services' clocks, to the second" : text);
}
