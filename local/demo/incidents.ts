import type { DemoPhone } from './local-api.ts';
import { plural } from './text.ts';

// Phone states of cph_api_0503.
export const STATUS = { running: 2, resetting: 3, frozen: 6, stopped: 8, abnormal: -7 } as const;

/** What happens to the fleet in the demo's night: lists of phones. */
export type Incidents = {
  stopped: DemoPhone[];
  frozen: DemoPhone[];
  abnormal: DemoPhone[];
  /** Reset just before the run; ready again while it goes on. */
  reset: DemoPhone[];
  /** A reset that does not come to an end. */
  stuck: DemoPhone[];
  failsOnce: DemoPhone[];
  failsAlways: DemoPhone[];
};

/** Beginning with the failures: those come early then, and so do the tries that follow them. */
const PHONES = {
  failsOnce: 1,
  failsAlways: 1,
  stopped: 3,
  frozen: 2,
  abnormal: 1,
  reset: 2,
  stuck: 1,
} as const satisfies Record<keyof Incidents, number>;

// The first few by name: three of them are left out by the policy.
const SPARED = 4;

/** Deals the incidents out over the running `game-` phones, in the order of their ids: always the same. */
export function chooseIncidents(phones: readonly DemoPhone[]): Incidents {
  const running = phones
    .filter(({ phone_name, status }) => phone_name.startsWith('game-') && status === STATUS.running)
    .sort((a, b) => (a.phone_name < b.phone_name ? -1 : 1))
    .slice(SPARED)
    .sort((a, b) => (a.phone_id < b.phone_id ? -1 : 1));
  const wanted = Object.values(PHONES).reduce((sum, count) => sum + count, 0);
  const stride = Math.floor(running.length / wanted);
  if (stride === 0) throw new Error(`the demo needs ${wanted + SPARED} running game- phones`);
  let next = 0;
  const deal = (count: number) =>
    Array.from({ length: count }, () => running[stride * next++] as DemoPhone);
  return {
    failsOnce: deal(PHONES.failsOnce),
    failsAlways: deal(PHONES.failsAlways),
    stopped: deal(PHONES.stopped),
    frozen: deal(PHONES.frozen),
    abnormal: deal(PHONES.abnormal),
    reset: deal(PHONES.reset),
    stuck: deal(PHONES.stuck),
  };
}

/** The fleet in a sentence: its size and what is not running. */
export function describeFleet(phones: readonly DemoPhone[]): string {
  const count = (status: number) => phones.filter((phone) => phone.status === status).length;
  const servers = new Set(phones.map(({ server_id }) => server_id)).size;
  const states = [
    `${count(STATUS.stopped)} stopped`,
    `${count(STATUS.frozen)} frozen`,
    `${count(STATUS.abnormal)} abnormal`,
    `${count(STATUS.resetting)} being reset`,
  ];
  return (
    `A fleet of ${plural(phones.length, 'phone')} on ${plural(servers, 'server')}: ` +
    `${states.join(', ')}. One reset will take too long, one export will fail once and one twice.`
  );
}
