import { type Send, TransportError } from '../../lib/cloud/request/send.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Faults } from './faults.ts';
import type { VirtualCph } from './virtual-cph.ts';

/** Returns the way to a virtual CPH: each call takes `latencyMs`, and some answers are lost. */
export function networkTo(
  cph: VirtualCph,
  { clock, latencyMs, faults }: { clock: Clock; latencyMs: number; faults?: Faults | undefined },
): Send {
  return async (request) => {
    await clock.sleep(latencyMs / 2);
    const response = cph.answer(request, clock.now());
    await clock.sleep(latencyMs / 2);
    if (faults?.isLost() === true) throw new TransportError('cut', true);
    return response;
  };
}
