import { ReadsSpent } from '../../../lib/errors.ts';
import { phone } from '../../support/fleet.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Cloud = { tagged?: string[]; gone?: string[]; fleet?: string[] };

export const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${letter}${n}`);

/**
 * A cloud that has every phone except `gone`, and counts the reads. Its list has those of `fleet`, newest first; each server has the
 * phone of its name. `spend` limits the reads that follow.
 */
export function countedCloud({ tagged = [], gone = [], fleet = ['of-all'] }: Cloud = {}) {
  const calls: string[] = [];
  let now = 0;
  let most = 0;
  let left = Number.POSITIVE_INFINITY;
  const read = (what: string): void => {
    if (left <= 0) throw new ReadsSpent(T0 + MINUTE);
    left -= 1;
    calls.push(what);
  };
  const scene = runScene({
    serversByTags: async (tags) => {
      read(`tags ${Object.keys(tags).join()}`);
      return tagged;
    },
    showPhone: async (id) => {
      read(`show ${id}`);
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return gone.includes(id) ? undefined : phone(id);
    },
    listPhones: async ({ serverId, offset, limit }) => {
      read(`list ${serverId ?? 'all'}${offset > 0 ? ` ${offset}` : ''}`);
      const isGone = gone.includes(serverId ?? 'all');
      if (isGone) throw refusal({ code: 'not_found', serviceCode: 'CPS.0016' });
      scene.clock.move(1);
      const ids = serverId === undefined ? fleet : [`of-${serverId}`];
      return {
        count: ids.length,
        phones: ids.slice(offset, offset + limit).map((id) => phone(id)),
      };
    },
  });
  const spend = (reads: number): void => void (left = reads);
  return { ...scene, calls, most: () => most, spend };
}
