import { expect } from 'vitest';
import { parsePolicy, type ValidationError } from '../../../lib/policy/parse/parse.ts';

/** A policy with most fields. */
export const NIGHTLY = `
name: nightly
enabled: true
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai, start_within: 2h }
select:
  server_tags: { env: [prod] }
  name: "game-*"
  exclude: { phones: [0123456789abcdef0123456789abcdef] }
  max_phones: 5000
export:
  include: [/data/data, /data/media/0]
  exclude: [/data/data/com.example.cache]
  bucket: my-phone-backups
  object_path: "{policy}/{date}"
deadline: 2h
export_timeout: 1h
wait_for_phones: 10m
max_in_flight_per_server: 4
retry: { attempts: 2 }
on_provisioned: true
notify: { when: always }
`.trimStart();

/** A policy with only what it needs. */
export const SMALLEST = `
name: nightly
select: { name: "*" }
export: { include: [/data], bucket: bbb }
`.trimStart();

export const context = {
  fileName: 'policies/nightly.yaml',
  ledger: { bucket: 'phonevault-state', prefix: 'phonevault/' },
};

/** Returns the errors of a policy file, none for a valid one. */
export function errorsOf(
  text: string,
  more: Partial<Parameters<typeof parsePolicy>[1]> = {},
): ValidationError[] {
  const result = parsePolicy(text, { ...context, ...more });
  return result.ok ? [] : result.errors;
}

/** Returns the policy with one piece replaced. Fails when it does not contain the piece. */
export function nightlyWith(piece: string, by: string): string {
  expect(NIGHTLY).toContain(piece);
  return NIGHTLY.replace(piece, () => by);
}

export const paths = (errors: ValidationError[]) => errors.map(({ path }) => path);
