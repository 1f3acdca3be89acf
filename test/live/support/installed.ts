import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Programs, each with the Debian package that brings it. */
const PROGRAMS: Record<string, string> = {
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd',
  ceph: 'ceph-common',
  radosgw: 'radosgw',
  'radosgw-admin': 'radosgw',
  'keystone-manage': 'keystone',
  uwsgi: 'uwsgi-core',
  setpriv: 'util-linux',
};
const PLUGIN = '/usr/lib/uwsgi/plugins/python3_plugin.so';

/** Throws with what to install when a program of the live tests is not there. */
export function checkInstalled(): void {
  const absent = Object.keys(PROGRAMS).filter((program) => !isOnPath(program));
  const packages = new Set(absent.map((program) => PROGRAMS[program]));
  if (!isThere(PLUGIN)) packages.add('uwsgi-plugin-python3');
  if (packages.size === 0) return;
  const names = [...packages].join(' ');
  throw new Error(
    [
      `The live tests were NOT run: these Debian packages are not installed: ${names}`,
      `  apt-get install --no-install-recommends ${names}`,
    ].join('\n'),
  );
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isThere(join(folder, program), constants.X_OK));
}

function isThere(path: string, mode = constants.R_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
