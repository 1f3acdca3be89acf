import * as z from 'zod';
import { isAllowed } from './licences.ts';

const wanted = z.record(z.string(), z.string()).optional();
const KINDS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
] as const;
const wants = z.object({
  dependencies: wanted,
  devDependencies: wanted,
  optionalDependencies: wanted,
  peerDependencies: wanted,
});

const manifestSchema = wants.extend({ version: z.string() });

const entrySchema = wants.extend({
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

type Wants = z.infer<typeof wants>;
type Entry = z.infer<typeof entrySchema>;
type Packages = Record<string, Entry>;

/** What the audit says: what is wrong, and the packages of each licence. */
export type Audit = { faults: string[]; packages: number; licences: Map<string, string[]> };

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.-]+)?$/;
const REGISTRY = /^https:\/\/registry\.npmjs\.org\/[\w@%./-]+\.tgz$/;
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

// Packages that run a script of theirs when they are installed. Each was looked at; esbuild's checks its binary.
// es5-ext comes with the Serverless Framework; its script prints a message.
const MAY_RUN_SCRIPTS = new Set(['es5-ext', 'esbuild', 'fsevents']);

/**
 * Checks that the lock file pins what the manifest asks for: exact versions, every package with a SHA-512 from the
 * registry and nowhere else, an allowed licence, no unknown install script. Throws a ZodError for what is no lock file.
 */
export function auditLock(manifestJson: unknown, lockJson: unknown): Audit {
  const manifest = manifestSchema.parse(manifestJson);
  const lock = lockSchema.parse(lockJson);
  const { '': root = {}, ...packages } = lock.packages;
  const licences = new Map<string, string[]>();
  for (const [path, { version = '', license = 'none' }] of Object.entries(packages)) {
    licences.set(license, [...(licences.get(license) ?? []), `${nameOf(path)} ${version}`]);
  }
  const faults = [
    ...rootFaults(manifest, root, packages),
    ...(manifest.version === lock.version ? [] : ['package-lock.json is of another version']),
    ...Object.entries(packages).flatMap(([path, entry]) =>
      entryFaults(path, entry).map((fault) => `${path}: ${fault}`),
    ),
    ...lacking(packages),
  ];
  return { faults, packages: Object.keys(packages).length, licences };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** package.json and the lock file must ask for the same, each package in one exact version, and get it. */
function rootFaults(manifest: Wants, locked: Wants, packages: Packages): string[] {
  return KINDS.flatMap((kind) => {
    const [ours, theirs] = [manifest[kind] ?? {}, locked[kind] ?? {}];
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
    return [...names].flatMap((name) => {
      const [mine = 'nothing', its = 'nothing'] = [ours[name], theirs[name]];
      if (mine !== its) return [`${name}: package.json says ${mine}, package-lock.json ${its}`];
      if (!EXACT.test(mine)) return [`${name}: ${mine} is no exact version`];
      const version = packages[`node_modules/${name}`]?.version;
      const isThat = version !== undefined && mine.endsWith(version);
      return isThat ? [] : [`${name}: ${mine} is asked for, ${version ?? 'nothing'} is locked`];
    });
  });
}

function entryFaults(path: string, entry: Entry): string[] {
  const { version = '', resolved, integrity = '', license, link, hasInstallScript } = entry;
  if (!path.startsWith('node_modules/')) return ['lies outside of node_modules'];
  if (link) return ['is a link'];
  return [
    ...(EXACT.test(version) ? [] : [`has the version "${version}"`]),
    // Where npm leaves the address out it asks the registry for that name and version.
    ...(resolved === undefined || REGISTRY.test(resolved) ? [] : [`comes from ${resolved}`]),
    ...(SHA512.test(integrity) ? [] : ['has no SHA-512']),
    ...(license === undefined ? ['names no licence'] : []),
    ...(license === undefined || isAllowed(license, 'tools') ? [] : [`is under ${license}`]),
    ...(hasInstallScript && !MAY_RUN_SCRIPTS.has(nameOf(path)) ? ['runs a script'] : []),
  ];
}

/** What is depended on and cannot be found where Node would look for it. */
function lacking(packages: Packages): string[] {
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
