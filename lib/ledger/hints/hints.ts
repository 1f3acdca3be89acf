import { isFoldHint } from './fold.ts';
import { isFreshnessHint } from './freshness.ts';
import { isHeartbeatHint } from './heartbeat.ts';
import { isInventoryRequest } from './inventory-request.ts';
import { isLookupHint } from './lookup.ts';
import { isMissedHint } from './missed-slots.ts';
import { isSweepHint } from './sweep.ts';
import { isUnreadablePolicyHint } from './unreadable-policy.ts';

const kinds = [
  isMissedHint,
  isLookupHint,
  isSweepHint,
  isFoldHint,
  isFreshnessHint,
  isHeartbeatHint,
  isInventoryRequest,
  isUnreadablePolicyHint,
];

/** Returns whether this is the id of a hint. Drive ignores all other objects in `open/hints/`. */
export function isHint(id: string): boolean {
  return kinds.some((isOne) => isOne(id));
}
