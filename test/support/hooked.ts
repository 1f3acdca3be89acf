import { type Night, night, NIGHTLY } from '../../testing/night.ts';

const APP = 'com.example.game';

type Options = {
  phones?: number;
  servers?: number;
  /** Exports at a time of a server. */
  max?: number;
  before?: string[];
  on_error?: 'fail' | 'continue';
  notify?: string;
};

/** A night whose policy stops an app before each export, and starts it afterwards. */
export async function hooked({
  phones = 4,
  servers = 2,
  max = 4,
  before = [`am force-stop ${APP}`, 'sync'],
  on_error = 'fail',
  notify = 'always',
}: Options = {}) {
  const stoppedAtExport: boolean[] = [];
  let most = 0;
  const scene = await night({ phones, servers, seed: 3 });
  const isStopped = (id: string): boolean =>
    scene.cloud.world.fleet.phones.get(id)?.stopped.has(APP) === true;
  const { exports } = scene;
  const push = exports.push.bind(exports);
  exports.push = (...sent) => {
    for (const { phone_id } of sent) stoppedAtExport.push(isStopped(phone_id));
    most = Math.max(most, stoppedApps(scene));
    return push(...sent);
  };
  const quoted = before.map((command) => JSON.stringify(command)).join(', ');
  await scene.putPolicy(`${NIGHTLY}max_in_flight_per_server: ${max}
notify: { when: ${notify} }
hooks:
  before: [${quoted}]
  after: ["am start -n ${APP}/.Main"]
  on_error: ${on_error}
  timeout: 5m
`);
  return { ...scene, stoppedAtExport, mostStopped: () => most };
}

/** Returns how many phones have the app stopped. */
export const stoppedApps = ({ cloud }: Pick<Night, 'cloud'>): number =>
  [...cloud.world.fleet.phones.values()].filter(({ stopped }) => stopped.has(APP)).length;

/** Returns how many calls of commands CPH took. */
export const countOf = ({ cloud }: Pick<Night, 'cloud'>): number =>
  cloud.control.calls().cph?.['commands']?.ok ?? 0;
