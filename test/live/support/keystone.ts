import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Daemon,
  freePort,
  openRoom,
  type Room,
  type Running,
  runTool,
  startDaemon,
  stopDaemon,
  waitFor,
} from './daemon.ts';

/** One user of one project; tokens that are short-lived. */
export type Keystone = {
  url: string;
  account: string;
  user: string;
  password: string;
  project: string;
  /** Of the same account; the user has no part in it. */
  otherProject: string;
  tokenSeconds: number;
};

const FACTS = {
  account: 'Default',
  user: 'phonevault',
  password: 'Phonevault-live-1',
  project: 'cn-north-4',
  otherProject: 'eu-west-101',
  tokenSeconds: 20,
};

/** OpenStack Keystone on SQLite behind uwsgi, all of it below `parent` and on loopback. */
export async function startKeystone(parent: string): Promise<Running<Keystone>> {
  const folder = join(parent, 'keystone');
  const conf = join(folder, 'keystone.conf');
  const room = openRoom(parent, 'keystone', {
    OS_KEYSTONE_CONFIG_FILES: conf,
    OS_KEYSTONE_CONFIG_DIR: folder,
  });
  for (const name of ['fernet', 'credential']) writeKeys(join(folder, name));
  writeFileSync(conf, configOf(folder));
  await fillDatabase(room, conf);

  const url = `http://127.0.0.1:${await freePort()}`;
  const daemon = startServer(room, new URL(url).host);
  const stop = () => stopDaemon(daemon);
  try {
    await waitFor(daemon, async () => (await fetch(`${url}/v3`)).status === 200);
    await createProject(url);
    return { facts: { url, ...FACTS }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What `keystone-manage fernet_setup` writes: a staged and a primary key. */
function writeKeys(folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['0', '1']) {
    const key = randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    writeFileSync(join(folder, name), key, { mode: 0o600 });
  }
}

async function fillDatabase(room: Room, conf: string): Promise<void> {
  const { user, password, project } = FACTS;
  const manage = (...args: string[]) =>
    runTool(room, 'keystone-manage', ['--config-file', conf, ...args]);
  await manage('db_sync');
  await manage(
    ...['bootstrap', '--bootstrap-username', user, '--bootstrap-password', password],
    ...['--bootstrap-project-name', project, '--bootstrap-region-id', project],
  );
}

function startServer(room: Room, address: string): Daemon {
  return startDaemon(room, 'keystone', 'uwsgi', [
    ...['--plugin', 'python3', '--http-socket', address],
    ...['--wsgi-file', '/usr/bin/keystone-wsgi-public', '--need-app', '--die-on-term'],
    // It closes each connection, and has to say so.
    ...['--add-header', 'Connection: close'],
    ...['--buffer-size', '65535'],
  ]);
}

/** A second project, in which the user has no role. */
async function createProject(url: string): Promise<void> {
  const { account, user, password, project, otherProject } = FACTS;
  const domain = { name: account };
  const post = async (path: string, json: object, token = '') => {
    const headers = { 'content-type': 'application/json', 'x-auth-token': token };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(json) });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const auth = {
    identity: { methods: ['password'], password: { user: { name: user, domain, password } } },
    scope: { project: { name: project, domain } },
  };
  const signedIn = await post('/v3/auth/tokens', { auth });
  const token = signedIn.headers.get('x-subject-token') ?? '';
  const entry = { name: otherProject, domain_id: 'default' };
  await post('/v3/projects', { project: entry }, token);
}

function configOf(folder: string): string {
  return `[DEFAULT]
use_stderr = true
[database]
connection = sqlite:///${folder}/keystone.db
sqlite_synchronous = false
[token]
provider = fernet
expiration = ${FACTS.tokenSeconds}
[fernet_tokens]
key_repository = ${folder}/fernet
[fernet_receipts]
key_repository = ${folder}/fernet
[credential]
key_repository = ${folder}/credential
[cache]
enabled = false
`;
}
