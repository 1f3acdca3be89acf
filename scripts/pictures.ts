import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { realIo } from '../cli/io/real-io.ts';
import { createUi } from '../cli/ui/app.tsx';
import { createLedger } from '../cli/ui/ledgers.ts';
import { serveUi } from '../cli/ui/serve.ts';
import type { Io } from '../cli/io/io.ts';
import { startChromium } from '../testing/chromium.ts';
import { night, type Night } from '../testing/night.ts';

// Plays nights of the embedded cloud in virtual time and takes pictures of the page: `npx tsx scripts/pictures.ts`. Needs Chromium and
// a Chinese font. `PHONEVAULT_CHROMIUM` names another browser.

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const DAY = 86_400_000;
const NIGHTS = 30;
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'pictures');

const policyText = (name: string, select: string, cron: string): string => `name: ${name}
schedule: { cron: "${cron}", timezone: Asia/Shanghai }
select: { name: "${select}" }
export: { include: [/data/data, /data/media/0], bucket: phonevault-demo, object_path: "{policy}/{date}" }
objective: { phones: 90% }
retention: { day_backups: 14, timezone: Asia/Shanghai }
`;

const [world, phones] = await playNights();
const env = environment(world);
const io = Object.create(realIo(join(root, 'cli')), {
  ...{
    clock: { value: world.clock },
    send: { value: world.send },
    zone: { value: 'Asia/Shanghai' },
  },
  env: { value: env },
}) as Io;
const ledger = createLedger(io, 'cn-north-4 obs://my-phonevault/phonevault/', 'prod');
const ui = createUi({ ledgers: [ledger], clock: world.clock, zone: 'Asia/Shanghai' });
const server = await serveUi(ui.respond, 0);
const browser = await startChromium();
await mkdir(folder, { recursive: true });
const late = `ledgers/1/phones/${phones[4]?.phone_id}?lang=en`;
await take('page.png', '?lang=en', { width: 1_160, height: 900 });
await take('page-dark.zh-CN.png', '?lang=zh', { width: 1_160, height: 900 }, 'dark');
await take('phone.png', late, { width: 1_160, height: 620 });
await take('page-small.png', '?lang=en', { width: 390, height: 844 });
await browser.close();
await server.close();

async function take(
  name: string,
  path: string,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> {
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor: 1.5 });
  const page = await context.newPage();
  await page.goto(server.url + path);
  await page.screenshot({ path: join(folder, name) });
  await context.close();
}

/** A month of a small fleet, with what happens to one: failures, a bad night, and a run that goes on at the end. */
async function playNights(): Promise<[Night, { phone_id: string }[]]> {
  const start = Date.UTC(2026, 0, 1, 18, 30);
  const played = await night({ phones: 37, servers: 3, seed: 5, start });
  await played.putPolicy(policyText('nightly', '*', '0 30 2 * * *'));
  await played.tick();
  const fleet = await played.cloud.control.phones();
  for (let n = 0; n < NIGHTS; n += 1) {
    const chosen = fleet
      .slice(n % 7, (n % 7) + (n === 17 ? 30 : 2))
      .map(({ phone_id }) => phone_id);
    const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
    if (n % 6 === 5 || n === 17 || n === NIGHTS - 1) {
      played.cloud.control.addFault({ ...fault, code: 'CPS.0107', phones: chosen });
    }
    await played.settle(await played.requestRun());
    played.cloud.control.clearFaults();
    await played.tick();
    await played.minute();
    played.clock.move(Math.max(0, start + (n + 1) * DAY - played.clock.now()));
    process.stderr.write(`night ${n + 1} of ${NIGHTS}\n`);
  }
  await played.requestRun();
  // It stops in the middle of the run.
  await played.driveHeld(60);
  played.clock.move(20_000);
  return [played, fleet];
}

/** The settings and fresh keys of the command line. */
function environment({ cloud }: Night): Record<string, string> {
  const { accessKey, secretKey, securityToken } = cloud.renewCredentials();
  return {
    PHONEVAULT_REGION: cloud.region,
    PHONEVAULT_PROJECT_ID: cloud.projectId,
    PHONEVAULT_BUCKET: cloud.bucket,
    PHONEVAULT_TOPIC_URN: cloud.topicUrn,
    HUAWEICLOUD_SDK_AK: accessKey,
    HUAWEICLOUD_SDK_SK: secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken,
  };
}
