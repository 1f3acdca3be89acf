import type { Phone } from './cph-schemas.ts';

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?/;

/**
 * When CPH says that a phone was created (epoch ms, whole seconds): in UTC (cph_api_0503), unless an offset follows;
 * undefined when it does not say, or unreadably.
 */
export function createdAt({ create_time }: Pick<Phone, 'create_time'>): number | undefined {
  const [, day, time, offset = 'Z'] = TIME.exec(create_time ?? '') ?? [];
  const at = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}
