import * as z from 'zod';
import { isAllowed } from './licences.ts';

const versions = z.record(z.string(), z.string()).optional();
const KINDS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const;
const requirements = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  peerDependencies: versions,
});

const manifestSchema = requirements.extend({
  version: z.string(),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
});

const entrySchema = requirements.extend({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});

const lockSchema = z.object({
  version: z.string(),
  lockfileVersion: z.literal(3),
  packages: z.record(z.string(), entrySchema),
});

type Requirements = z.infer<typeof requirements>;
type Entry = z.infer<typeof entrySchema>;
type Packages = Record<string, Entry>;

/** What an audit found: the problems, the number of packages, and the packages of each licence. */
type Audit = { problems: string[]; packages: number; licences: Map<string, string[]> };

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.-]+)?$/;
const REGISTRY = /^https:\/\/registry\.npmjs\.org\/[\w@%./-]+\.tgz$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

/**
 * Checks that the lock file pins what package.json requires: exact versions, every package with a SHA-512 from the
 * registry, an allowed licence, and a decision in `allowScripts` for each install script. Throws a ZodError if the second
 * argument is not a lock file.
 */
export function auditLock(manifestJson: unknown, lockJson: unknown): Audit {
  const manifest = manifestSchema.parse(manifestJson);
  const lock = lockSchema.parse(lockJson);
  const { '': root = {}, ...packages } = lock.packages;
  const licences = new Map<string, string[]>();
  for (const [path, { version = '', license = 'none' }] of Object.entries(packages)) {
    licences.set(license, [...(licences.get(license) ?? []), `${nameOf(path)} ${version}`]);
  }
  const problems = [
    ...rootProblems(manifest, root, packages),
    ...(manifest.version === lock.version
      ? []
      : ['package.json and package-lock.json have different versions']),
    ...Object.entries(packages).flatMap(([path, entry]) =>
      entryProblems(path, entry, manifest.allowScripts).map((problem) => `${path}: ${problem}`),
    ),
    ...missingPackages(packages),
  ];
  return { problems, packages: Object.keys(packages).length, licences };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** package.json and the lock file must require the same packages, in exact versions, and the lock file must contain these. */
function rootProblems(manifest: Requirements, root: Requirements, packages: Packages): string[] {
  return KINDS.flatMap((kind) => {
    const [ours, theirs] = [manifest[kind] ?? {}, root[kind] ?? {}];
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...names].flatMap((name) => {
      const [mine = 'nothing', its = 'nothing'] = [ours[name], theirs[name]];
      if (mine !== its) return [`${name}: package.json requires ${mine}, package-lock.json ${its}`];
      if (!EXACT.test(mine)) return [`${name}: ${mine} is not an exact version`];
      const locked = packages[`node_modules/${name}`]?.version ?? 'nothing';
      if (mine.endsWith(locked)) return [];
      return [`${name}: package.json requires ${mine}, the lock file contains ${locked}`];
    });
  });
}

function entryProblems(path: string, entry: Entry, scripts: Record<string, boolean>): string[] {
  const { version = '', resolved, integrity = '', license, link, hasInstallScript } = entry;
  if (!path.startsWith('node_modules/')) return ['is outside node_modules'];
  if (link) return ['is a link'];
  return [
    ...(EXACT.test(version) ? [] : [`has the version "${version}"`]),
    // Without an address npm asks the registry for the name and version.
    ...(resolved === undefined || REGISTRY.test(resolved) ? [] : [`comes from ${resolved}`]),
    ...(SHA512.test(integrity) ? [] : ['has no SHA-512']),
    ...(license === undefined ? ['has no licence'] : []),
    ...(license === undefined || isAllowed(license, 'tools')
      ? []
      : [`has the licence ${license}, which is not allowed`]),
    ...(hasInstallScript && !Object.hasOwn(scripts, nameOf(path))
      ? ['has an install script: decide on it in allowScripts of package.json']
      : []),
  ];
}

/** Dependencies that are in none of the folders where Node.js looks for them. */
function missingPackages(packages: Packages): string[] {
  return Object.entries(packages).flatMap(([path, { dependencies = {} }]) =>
    Object.keys(dependencies)
      .filter((name) => !foldersAbove(path).some((folder) => `${folder}${name}` in packages))
      .map((name) => `${path}: ${name} is not in the lock file`),
  );
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/node_modules/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/node_modules/'));
  return ['node_modules/', ...above.map((folder) => `${folder}/node_modules/`)];
}
