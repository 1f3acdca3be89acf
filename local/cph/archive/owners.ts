import { between, createRandom } from '../../simulation/random.ts';

const SYSTEM = 1_000;
const MEDIA = 1_023;
const SHELL = 2_000;
/** Of installed apps on Android. */
const APPS = [10_050, 10_999] as const;

/** Returns the uid that a phone gave to an app when it was installed. */
export function appUid(
  { seed, phoneId, generation }: { seed: number; phoneId: string; generation: number },
  app: string,
): number {
  return between(createRandom(seed, `uid/${phoneId}/${generation}/${app}`), ...APPS);
}

/**
 * Returns the uid that owns a path of a phone. An app gets its uid when it is installed: the same app has another one on
 * another phone, and on the same phone after a reset.
 */
export function ownerOf(
  { seed, phoneId, generation }: { seed: number; phoneId: string; generation: number },
  path: string,
): number {
  const app = /^\/data\/data\/([^/]+)/.exec(path)?.[1];
  if (app !== undefined) return appUid({ seed, phoneId, generation }, app);
  if (/^\/data\/media(?:\/|$)/.test(path)) return MEDIA;
  return /^\/data\/local(?:\/|$)/.test(path) ? SHELL : SYSTEM;
}
