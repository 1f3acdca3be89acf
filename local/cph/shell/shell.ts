import type { Phone } from '../world/fleet.ts';
import type { World } from '../world/world.ts';
import { chown, ls, restorecon, touch } from './files.ts';
import { find } from './find.ts';
import { installedApps } from './phone-tree.ts';
import { done, failed, type Ran } from './ran.ts';

type Program = (world: World, phone: Phone, args: readonly string[]) => Ran;

const PROGRAMS: Record<string, Program> = {
  am,
  chown,
  find,
  getprop: (_world, { imageVersion }, [name = '']) =>
    done(`${name === 'ro.build.version.release' ? versionOf(imageVersion) : ''}\n`),
  id: (world) => done(`uid=${isRoot(world) ? '0(root)' : '2000(shell)'}\n`),
  ls,
  pm,
  restorecon,
  sync: () => done(),
  touch,
};

/** What a shell without the rights of root may not do. */
const NEEDS_ROOT: ReadonlySet<string> = new Set(['chown', 'find', 'ls', 'restorecon', 'touch']);

/** Runs one command on a phone: a program and its arguments, separated by spaces. */
export function runShell(world: World, phone: Phone, command: string): Ran {
  const [name = '', ...args] = command.trim().split(/ +/);
  const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (program === undefined) {
    const line = `/system/bin/sh: ${name}: inaccessible or not found`;
    return failed(line);
  }
  if (!isRoot(world) && NEEDS_ROOT.has(name)) {
    return failed(`${name}: ${args.at(-1) ?? ''}: Permission denied`);
  }
  return program(world, phone, args);
}

/** An app that is stopped does not run in memory: a restart forgets that. */
function am(world: World, phone: Phone, args: readonly string[]): Ran {
  const [verb = '', ...rest] = args;
  const name = (verb === 'start' && rest[0] === '-n' ? rest[1] : rest[0]) ?? '';
  const app = name.replace(/\/.*$/, '');
  if (verb !== 'force-stop' && verb !== 'start') {
    return failed(`Error: unknown command '${verb}'`);
  }
  const isKnown = installedApps(world, phone).has(app);
  if (verb === 'force-stop') {
    // `am` says nothing of an app that it does not know.
    if (isKnown) phone.stopped.add(app);
    return done();
  }
  if (!isKnown) return failed(`Error: Activity class {${name}} does not exist.`);
  phone.stopped.delete(app);
  return done(`Starting: Intent { cmp=${name} }\n`);
}

/** Uids are shown since Android 8. */
function pm(world: World, phone: Phone, args: readonly string[]): Ran {
  const [verb, what, ...flags] = args;
  if (verb !== 'list' || what !== 'packages')
    return failed(`Error: unknown command '${verb ?? ''}'`);
  const hasUids = flags.includes('-U');
  if (hasUids && Number.parseInt(versionOf(phone.imageVersion), 10) < 8) {
    return failed('Error: Unknown option: -U');
  }
  const lines = [...installedApps(world, phone)].map(
    ([name, uid]) => `package:${name}${hasUids ? ` uid:${uid}` : ''}\n`,
  );
  return done(lines.join(''));
}

const isRoot = ({ switches }: World): boolean => switches.shell !== 'unprivileged';

const versionOf = (image: string): string => /[\d.]+/.exec(image)?.[0] ?? '';
