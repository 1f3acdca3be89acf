import type { PolicyOverview } from '../../../../lib/run/query/page/overview.ts';
import type { PolicyStatus } from '../../../../lib/run/query/schemas/policy.ts';
import type { View } from '../../parts/view.tsx';

/** What each part of a policy's card shows. */
export type Props = { view: View; overview: PolicyOverview };

/** Returns the time zone of a policy. */
export const zoneOf = ({ schedule }: PolicyStatus): string => schedule?.timezone ?? 'UTC';
