import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Ready, startCloud } from './cloud-process.ts';
import { fireDrive, fireSchedule } from './fire.ts';
import { type Runtime, startFunction } from './function-process.ts';
import { createLocalApi } from './local-api.ts';
import { putObject } from './put-policy.ts';
import { openRunFolder } from './run-folder.ts';

// Runs the built handlers on other Node.js versions than this one: `on-nodes.ts <node binary>...`. Each has a run of its
// own on the embedded cloud to carry out, and passes when all phones of it were exported.

const root = join(import.meta.dirname, '..', '..');
const PHONES = 6;

const policy = (name: string, bucket: string): string => `
name: ${name}
select: { name: "*" }
export: { include: [/data/data], bucket: ${bucket} }
wait_for_phones: 5s
`;

/** The instance as one file for a Node.js that cannot load TypeScript. */
async function buildInstance(folder: string): Promise<string> {
  const outfile = join(folder, 'instance.mjs');
  const entryPoints = [join(import.meta.dirname, 'instance.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm' });
  return outfile;
}

async function runOn(cloud: Ready, data: string, log: number, runtime: Runtime): Promise<boolean> {
  const version = execFileSync(runtime.execPath, ['--version'], { encoding: 'utf8' }).trim();
  const name = version.replaceAll('.', '-');
  await putObject(cloud, `phonevault/policies/${name}.yaml`, policy(name, cloud.bucket));
  const schedule = startFunction(root, 'schedule', cloud, log, runtime);
  const drive = startFunction(root, 'drive', cloud, log, runtime);
  try {
    const runId = await fireSchedule(schedule, name);
    const run = openRunFolder(join(data, 'obs', cloud.bucket, 'phonevault'), runId);
    const { outcome, phones } = await fireDrive(drive, run);
    const exported = phones.filter((phone) => phone.outcome === 'exported').length;
    console.log(`Node.js ${version}: ${outcome}, ${exported} of ${PHONES} phones exported`);
    return outcome === 'completed' && exported === PHONES;
  } finally {
    await Promise.all([schedule.stop(), drive.stop()]);
  }
}

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const folder = mkdtempSync(join(tmpdir(), 'phonevault-nodes-'));
const log = openSync(join(folder, 'functions.log'), 'w');
const cloud = startCloud(
  root,
  ['--port', '0', '--phones', String(PHONES), '--servers', '1', '--seed', '7', '--data', folder],
  log,
);
let good = true;
try {
  const ready = await cloud.ready;
  await createLocalApi(ready.cph).setSpeed(20);
  const program = await buildInstance(folder);
  for (const execPath of process.argv.slice(2)) {
    good = (await runOn(ready, folder, log, { execPath, execArgv: [], program })) && good;
  }
} finally {
  await cloud.stop();
  closeSync(log);
}
if (good) rmSync(folder, { recursive: true, force: true });
else console.error(`See ${folder}`);
process.exitCode = good ? 0 : 1;
