const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?/;

/**
 * Returns a phone's `create_time` as epoch ms, in whole seconds; undefined when it cannot be read. CPH writes UTC
 * (cph_api_0503), unless an offset follows.
 */
export function createdAt(createTime: string | undefined): number | undefined {
  const [, day, time, offset = 'Z'] = TIME.exec(createTime ?? '') ?? [];
  const at = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}
