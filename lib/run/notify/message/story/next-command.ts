import type { Notification, Settled } from '../notification.ts';
import type { Story } from './story.ts';

/** Returns the command that shows more about a notification, or helps. */
export function nextCommand(notification: Notification): Story['next'] {
  const { kind } = notification;
  const urgent = (command: string) => ({ command: `phonevault ${command}`, isUrgent: true });
  const calm = (command: string) => ({ command: `phonevault ${command}`, isUrgent: false });
  switch (kind) {
    case 'settled':
    case 'restore':
    case 'drill':
      return (needsAction(notification) ? urgent : calm)(`runs show ${notification.run_id}`);
    case 'missed': {
      const { policy, missed } = notification;
      if (missed.reason === 'overlap') return urgent(`runs --policy ${policy}`);
      if (missed.reason === 'policy_invalid') return urgent('status');
      if (missed.reason === 'phones_not_ready') return urgent(`status --phones ${policy}`);
      return urgent('doctor');
    }
    case 'unreadable': {
      const { archives, run_id } = notification;
      return urgent(archives === undefined ? 'status' : `runs show ${run_id ?? ''}`);
    }
    case 'stale':
      return urgent(`status --phones ${notification.policy}`);
    case 'recovered':
      return calm(`runs show ${notification.run_id}`);
    case 'credentials':
      return urgent('doctor');
    case 'prune': {
      const { blocked, missing } = notification.pruned;
      const isMissing = blocked === undefined && missing > 0;
      return urgent(isMissing ? 'archives check' : `prune ${notification.policy} --dry-run`);
    }
    case 'heartbeat': {
      const { stale, drills, invalid, unreadable, missed, runs } = notification.day;
      const named = [stale, drills, invalid, unreadable].flat().length;
      const problems = named + missed + runs.failed;
      return (problems > 0 ? urgent : calm)('status');
    }
  }
}

function needsAction(settled: Settled): boolean {
  const { outcome, suspects, hooks, leftovers, missingServers, undone = [] } = settled;
  if (settled.kind === 'drill' && settled.drill.verdict === 'failed') return true;
  const isClean = [suspects, hooks, leftovers, missingServers].every((one) => one === undefined);
  return outcome !== 'completed' || !isClean || undone.length > 0;
}
