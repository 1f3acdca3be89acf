/** A policy's file: every night at 02:30 in Shanghai, with `changes`. */
export function policyText(name: string, changes: Record<string, string | undefined> = {}): string {
  const fields: Record<string, string | undefined> = {
    name,
    schedule: '{ cron: "0 30 2 * * *", timezone: Asia/Shanghai }',
    select: '{ name: "game-*" }',
    export: '{ include: [/data/data], bucket: my-phone-backups }',
    ...changes,
  };
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return kept.map(([field, value]) => `${field}: ${value}\n`).join('');
}
