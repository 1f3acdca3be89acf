import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postSignedForm } from '../../../local/object-server/signed-form.ts';
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

/** One user with permanent keys, who may ask for session tokens and assume the role. */
export type Radosgw = {
  /** By address: the bucket goes into the path. */
  url: string;
  /** By name: the bucket may stand before it. Resolvers do not know such names. */
  hostUrl: string;
  accessKey: string;
  secretKey: string;
  roleArn: string;
};

const USER = { accessKey: 'PHONEVAULTLIVE00', secretKey: 'a-secret-key-of-nobody-else' };

/** Ceph's object gateway with one monitor and one OSD in memory, all of it below `parent` and on loopback. */
export async function startRadosgw(parent: string): Promise<Running<Radosgw>> {
  const [monitorPort, port] = [await freePort(), await freePort()];
  const conf = join(parent, 'radosgw', 'ceph.conf');
  const room = openRoom(parent, 'radosgw', { CEPH_CONF: conf, CEPH_ARGS: `-c ${conf}` });
  for (const name of ['mon', 'osd']) mkdirSync(join(room.folder, name));
  const fsid = randomUUID();
  const monitor = `[v1:127.0.0.1:${monitorPort}]`;
  writeFileSync(conf, configOf({ folder: room.folder, fsid, monitor, port }));

  const daemons: Daemon[] = [];
  const start = (name: string, command: string, args: string[]): Daemon => {
    const daemon = startDaemon(room, name, command, [...args, '-f']);
    daemons.unshift(daemon);
    return daemon;
  };
  const stop = async (): Promise<void> => {
    for (const daemon of daemons) await stopDaemon(daemon);
  };
  try {
    await startMonitor(room, start, { fsid, monitor });
    await startOsd(room, start);
    const url = `http://127.0.0.1:${port}`;
    const gateway = start('radosgw', 'radosgw', ['-n', 'client.rgw.a']);
    await waitFor(gateway, async () => (await fetch(url)).status === 200);
    const roleArn = await createUser(room);
    await allowSessions(url);
    return { facts: { url, hostUrl: `http://s3.localhost:${port}`, ...USER, roleArn }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Start = (name: string, command: string, args: string[]) => Daemon;

async function startMonitor(
  room: Room,
  start: Start,
  { fsid, monitor }: { fsid: string; monitor: string },
): Promise<void> {
  const map = join(room.folder, 'monmap');
  const made = ['--create', '--clobber', '--fsid', fsid, '--addv', 'a', monitor, map];
  await runTool(room, 'monmaptool', made);
  await runTool(room, 'ceph-mon', ['--mkfs', '-i', 'a', '--monmap', map]);
  const daemon = start('mon', 'ceph-mon', ['-i', 'a']);
  await waitFor(daemon, async () => (await ceph(room, 'mon', 'stat')).includes('quorum'));
}

async function startOsd(room: Room, start: Start): Promise<void> {
  await runTool(room, 'ceph-osd', ['-i', '0', '--mkfs']);
  // Under the very id that mkfs wrote, and put into the map by hand: the OSD's own way there is a race.
  const id = readFileSync(join(room.folder, 'osd', 'fsid'), 'utf8').trim();
  await ceph(room, 'osd', 'new', id);
  await ceph(room, 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=h');
  const daemon = start('osd', 'ceph-osd', ['-i', '0']);
  await waitFor(daemon, async () => (await ceph(room, 'osd', 'stat')).includes('1 up'));
}

/** Calls the monitor, and again when it was too busy: every command here may be repeated. */
async function ceph(room: Room, ...args: string[]): Promise<string> {
  for (let time = 1; ; time += 1) {
    try {
      return await runTool(room, 'ceph', ['--connect-timeout', '20', ...args]);
    } catch (error) {
      if (time === 5) throw error;
      await sleep(500);
    }
  }
}

/** The user and a role to assume; the role's ARN. */
async function createUser(room: Room): Promise<string> {
  const admin = (...args: string[]) => runTool(room, 'radosgw-admin', args);
  await admin(
    ...['user', 'create', '--uid=live', '--display-name=Live', '--caps=user-policy=*'],
    ...[`--access-key=${USER.accessKey}`, `--secret-key=${USER.secretKey}`],
  );
  const trust = policy({
    Action: ['sts:AssumeRole'],
    Principal: { AWS: ['arn:aws:iam:::user/live'] },
  });
  const role = ['--role-name=backup'];
  const made = await admin(
    'role',
    'create',
    ...role,
    '--path=/',
    `--assume-role-policy-doc=${trust}`,
  );
  const may = policy({ Action: ['s3:*'], Resource: ['arn:aws:s3:::*'] });
  await admin('role-policy', 'put', ...role, '--policy-name=all', `--policy-doc=${may}`);
  return (JSON.parse(made) as { Arn: string }).Arn;
}

/** GetSessionToken is given to those whose own policy allows it. */
async function allowSessions(url: string): Promise<void> {
  const keys = { ...USER, securityToken: undefined, expiresAt: undefined };
  const { status, body } = await postSignedForm({ url, region: 'cn-north-4', keys }, 'iam', {
    Action: 'PutUserPolicy',
    UserName: 'live',
    PolicyName: 'sessions',
    PolicyDocument: policy({ Action: ['sts:GetSessionToken'], Resource: ['*'] }),
  });
  if (status !== 200) throw new Error(`PutUserPolicy: HTTP ${status} ${body.toString()}`);
}

function policy(statement: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', ...statement }],
  });
}

/** Where Debian puts the classes of objects that an OSD has to load: below a folder of the architecture. */
function classFolder(): string {
  const folders = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'rados-classes'));
  const found = [...folders, '/usr/lib/rados-classes'].find((folder) => {
    try {
      return readdirSync(folder).length > 0;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('there is no folder rados-classes below /usr/lib');
  return found;
}

function configOf(facts: { folder: string; fsid: string; monitor: string; port: number }): string {
  const { folder, fsid, monitor, port } = facts;
  return `[global]
fsid = ${fsid}
mon host = ${monitor}
ms bind msgr2 = false
ms bind ipv4 = true
auth cluster required = none
auth service required = none
auth client required = none
keyring = /dev/null
run dir = ${folder}
admin socket = ${folder}/$name.$pid.asok
log file = ${folder}/$name.log
pid file = ${folder}/$name.pid
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
paxos propose interval = 0.05
paxos min wait = 0.01

[mon]
mon data = ${folder}/mon
mon data avail warn = 1
mon data avail crit = 1

[osd]
osd data = ${folder}/osd
osd objectstore = memstore
osd crush update on start = false
osd class update on start = false
osd class dir = ${classFolder()}
osd class load list = *
osd class default list = *
memstore device bytes = 1073741824
public addr = 127.0.0.1
cluster addr = 127.0.0.1

[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw dns name = s3.localhost
rgw enable usage log = false
rgw s3 auth use sts = true
rgw sts key = abcdefghijklmnop
rgw sts min session duration = 1
rgw crypt require ssl = false
rgw thread pool size = 32
debug rgw = 0
`;
}
