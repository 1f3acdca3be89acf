import type { Phone } from '../../cloud/cph-schemas.ts';

/** When CPH says that a phone was created (epoch ms; UTC, cph_api_0503); undefined when it does not, or unreadably. */
export function createdAt({ create_time }: Pick<Phone, 'create_time'>): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)/.exec(create_time ?? '') ?? [];
  const at = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}
