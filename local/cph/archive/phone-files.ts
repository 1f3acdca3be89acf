import {
  between,
  chance,
  createRandom,
  pick,
  randomBytes,
  type Random,
} from '../../simulation/random.ts';

/** Regular files by absolute path; directories are implied by the paths. */
export type PhoneFiles = ReadonlyMap<string, Uint8Array>;

const APPS = [
  'com.example.game',
  'com.example.chat',
  'com.example.video',
  'com.example.shop',
  'org.example.reader',
  'com.example.cache',
] as const;

/**
 * Returns the files of a phone, a pure function of seed, phone and generation. `rich` has tens of KB and every kind of name
 * that is hard for a tar; `tiny` has a few hundred bytes, for fleets of thousands. After a reset a phone has a fresh system.
 */
export function generateFiles(options: {
  seed: number;
  phoneId: string;
  generation: number;
  imageVersion: string;
  style: 'rich' | 'tiny';
}): PhoneFiles {
  const { seed, phoneId, generation, imageVersion, style } = options;
  if (generation > 1) return freshFiles(generation);
  const random = createRandom(seed, `files/${phoneId}/${generation}`);
  return style === 'tiny' ? tinyFiles(random, phoneId) : richFiles(random, phoneId, imageVersion);
}

function tinyFiles(random: Random, phoneId: string): PhoneFiles {
  return new Map([
    ['/data/data/com.example.game/save.db', randomBytes(random, between(random, 32, 96))],
    ['/data/media/0/note.txt', text(`note of ${phoneId}\n`)],
  ]);
}

/** What a system has before anyone used it. */
function freshFiles(generation: number): PhoneFiles {
  return new Map([
    [
      '/data/data/com.android.settings/shared_prefs/setup.xml',
      text(`<map><int name="boot" value="${generation}" /></map>\n`),
    ],
    ['/data/media/0/.nomedia', new Uint8Array()],
  ]);
}

function richFiles(random: Random, phoneId: string, imageVersion: string): PhoneFiles {
  // Since Android 11 an app's folder has random names.
  const hasLabels = Number(/\d+/.exec(imageVersion)?.[0]) >= 11;
  const files = new Map<string, Uint8Array>();
  const blob = (max: number) => randomBytes(random, between(random, 1, max));
  for (const app of APPS) {
    if (app !== 'com.example.game' && chance(random, 0.3)) continue;
    const home = `/data/data/${app}`;
    files.set(`${home}/databases/app.db`, blob(4_000));
    files.set(`${home}/databases/app.db-journal`, new Uint8Array());
    files.set(`${home}/shared_prefs/settings.xml`, preferences(random, phoneId));
    files.set(`${home}/cache/http/${between(random, 1_000, 9_999)}.0`, blob(1_000));
    files.set(`/data/media/0/Android/data/${app}/files/state.json`, state(random));
    const labelled = `/data/app/~~${label(random)}==/${app}-${label(random)}==`;
    const folder = hasLabels ? labelled : `/data/app/${app}-1`;
    files.set(`${folder}/base.apk`, blob(3_000));
    files.set(`${folder}/lib/arm64/libmain.so`, blob(1_500));
  }
  const deep = Array.from({ length: 6 }, () =>
    pick(random, ['chapter-of-the-book', 'level-and-more']),
  );
  files.set(`/data/data/com.example.game/files/${deep.join('/')}/progress.bin`, blob(500));
  files.set(`/data/data/com.example.game/files/${'long-name-'.repeat(13)}.dat`, blob(200));
  for (let index = between(random, 1, 4); index > 0; index -= 1) {
    files.set(`/data/media/0/DCIM/Camera/IMG_2026010${index}.jpg`, blob(6_000));
  }
  files.set('/data/media/0/Download/说明.txt', text('使用说明\n'));
  files.set('/data/media/0/Download/with space.txt', text('a name with a space\n'));
  files.set('/data/media/0/.nomedia', new Uint8Array());
  files.set('/data/local/tmp/install.log', text(`installed on ${phoneId}\n`));
  files.set('/cache/recovery/last_log', text('ok\n'));
  return files;
}

function preferences(random: Random, phoneId: string): Uint8Array {
  const rows = Array.from(
    { length: between(random, 1, 20) },
    (_, index) => `  <int name="key${index}" value="${between(random, 0, 1_000_000)}" />`,
  );
  return text(`<map>\n  <string name="phone">${phoneId}</string>\n${rows.join('\n')}\n</map>\n`);
}

function state(random: Random): Uint8Array {
  return text(JSON.stringify({ level: between(random, 1, 99), coins: between(random, 0, 1e6) }));
}

function label(random: Random): string {
  return Buffer.from(randomBytes(random, 12)).toString('base64url');
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
