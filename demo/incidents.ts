import type { LocalApi } from './local-api.ts';

// Phone states of cph_api_0503.
const STATUS = { resetting: 3, frozen: 6, stopped: 8, abnormal: -7 } as const;

type Incident =
  | { phone: string; state: keyof typeof STATUS }
  /** Without `times` every export fails. */
  | { phone: string; fails: string; times?: number };

/** What happens in the night of the demo; the code is that of a failed write to OBS. */
const INCIDENTS: Incident[] = [
  { phone: 'game-0009', state: 'stopped' },
  { phone: 'game-0018', state: 'stopped' },
  { phone: 'game-0014', state: 'frozen' },
  { phone: 'game-0023', state: 'abnormal' },
  { phone: 'game-0011', state: 'resetting' },
  { phone: 'game-0006', fails: 'CPS.0107', times: 1 },
  { phone: 'game-0007', fails: 'CPS.0107' },
];

/** Prepares the incidents. Returns them in words. Throws for a fleet without one of the phones. */
export async function prepareIncidents(api: LocalApi): Promise<string> {
  const phones = await api.phones();
  for (const incident of INCIDENTS) {
    const id = phones.find(({ phone_name }) => phone_name === incident.phone)?.phone_id;
    if (id === undefined) throw new Error(`the fleet has no phone ${incident.phone}`);
    if ('state' in incident) await api.setStatus(id, STATUS[incident.state]);
    else await api.failExports(id, incident.fails, incident.times);
  }
  return INCIDENTS.map(describe).join(', ');
}

function describe(incident: Incident): string {
  if ('state' in incident) return `${incident.phone} ${incident.state}`;
  return `${incident.phone} ${incident.times === undefined ? 'fails always' : 'fails once'}`;
}
