import { expect, it } from 'vitest';
import { slotsText, upcomingSlots } from '../../../cli/validate/slots-text.ts';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { policyWith } from '../../../scripts/docs/allowed.ts';

const NOW = Date.UTC(2026, 9, 24);

function textOf(cron: string, timezone: string): string | undefined {
  const values = { 'schedule.cron': cron, 'schedule.timezone': timezone };
  const parsed = parsePolicy(JSON.stringify(policyWith(values)), { fileName: 'nightly.yaml' });
  const slots = parsed.ok ? upcomingSlots(parsed.policy, NOW) : undefined;
  return slots && slotsText(slots, 'en');
}

it("lists the next five slots in the policy's zone, and how many there are a day", () => {
  expect(textOf('0 30 2 * * *', 'Europe/Berlin')).toBe(
    '2026-10-24 02:30, 2026-10-25 02:30, 2026-10-26 02:30, 2026-10-27 02:30, 2026-10-28 02:30 Europe/Berlin; 1 a day',
  );
});

it('shows that a line padded at the wrong end is hourly', () => {
  expect(textOf('0 2 * * * *', 'UTC')).toBe(
    '2026-10-24 00:02, 2026-10-24 01:02, 2026-10-24 02:02, 2026-10-24 03:02, 2026-10-24 04:02 UTC; 24 a day',
  );
});
