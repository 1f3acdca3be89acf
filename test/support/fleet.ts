import type { Cph } from '../../lib/cloud/cph/cph.ts';
import type { Phone } from '../../lib/cloud/cph/phone.ts';

export function phone(id: string, changes: Partial<Phone> = {}): Phone {
  return { phone_id: id, phone_name: `game-${id}`, server_id: 's1', status: 'running', ...changes };
}

/** CPH over a list of phones, newest first, that records its calls. The list may change between calls. */
export function fleet(phones: Phone[], taggedServers: string[] = []) {
  const calls: string[] = [];
  const listPhones: Cph['listPhones'] = async ({ offset, limit, serverId }) => {
    calls.push(`list ${serverId ?? 'all'} ${offset}`);
    const own = phones.filter(({ server_id }) => serverId === undefined || server_id === serverId);
    return { count: own.length, phones: own.slice(offset, offset + limit) };
  };
  const showPhone: Cph['showPhone'] = async (id) => {
    calls.push(`show ${id}`);
    return phones.find(({ phone_id }) => phone_id === id);
  };
  const serversByTags: Cph['serversByTags'] = async (tags) => {
    calls.push(`tags ${JSON.stringify(tags)}`);
    return taggedServers;
  };
  return { calls, phones, cph: { listPhones, showPhone, serversByTags } as Cph };
}
