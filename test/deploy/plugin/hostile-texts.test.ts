import { describe, expect, it } from 'vitest';
import { stepsFor } from '../../../deploy/plugin/change/steps.js';
import { foreignText, stepText } from '../../../deploy/plugin/change/text.js';
import { info } from '../../../deploy/plugin/commands/info.js';
import { invoke } from '../../../deploy/plugin/commands/invoke.js';
import { logs } from '../../../deploy/plugin/commands/logs.js';
import { type DeployError, serviceError } from '../../../deploy/plugin/errors.js';
import type { ActualFunction, Cloud } from '../../../deploy/plugin/types.js';
import { HOSTILE_NAMES, UNSAFE_TEXT } from '../../../testing/hostile-names.ts';
import { desired } from './serverless-yml.ts';

const PLACE = { region: 'cn-north-4', projectId: 'p1', endpoint: 'https://fg.example.com' };

/** A function of which every text that the cloud chooses is `name`. */
const functionNamed = (name: string): ActualFunction => ({
  func_urn: name,
  func_name: name,
  runtime: name,
  handler: name,
  memory_size: 128,
  timeout: 3,
  description: `d [phonevault stage=test code= at= secrets=]`,
  encrypted_user_data: JSON.stringify({ [name]: '' }),
  user_data: JSON.stringify({ [name]: name }),
  last_modified: name,
});

const trigger = (name: string) => ({
  trigger_id: name,
  trigger_type_code: name,
  trigger_status: name,
  event_data: { name, schedule: name, invoke_url: name },
});

/** The calls of a cloud where every text is `name`. */
const cloudNamed = (name: string): Cloud =>
  ({
    showFunction: async () => functionNamed(name),
    showAsync: async () => ({
      max_async_retry_attempts: 1,
      destination_config: { on_failure: { destination: name } },
    }),
    listTriggers: async () => [trigger(name)],
    invoke: async () => ({
      requestId: name,
      log: name,
      status: 500,
      result: JSON.stringify({ errorMessage: name }),
    }),
    showLogStream: async () => ({
      group_id: 'g',
      stream_id: 's',
      group_name: name,
      stream_name: name,
    }),
    queryLogs: async () => [{ content: name, line_num: name }],
  }) as unknown as Cloud;

/** What a command prints and throws, each line of its own. */
async function printed(work: (print: (line: string) => void) => unknown): Promise<string[]> {
  const lines: string[] = [];
  try {
    await work((line) => lines.push(line));
  } catch (error) {
    const { message, hint = '' } = error as DeployError;
    lines.push(message, hint);
  }
  return lines;
}

describe.each(Object.entries(HOSTILE_NAMES))('a text of the cloud with %s', (_, name) => {
  const drive = desired();
  const code = { zip: Buffer.from(''), digest: 'd' };

  it.each<[string, (print: (line: string) => void) => unknown]>([
    ['info', (print) => info(cloudNamed(name), [drive], print)],
    ['plan, as a foreign trigger', (print) => print(foreignText(trigger(name)))],
    [
      'plan, as a trigger to remove',
      (print) =>
        print(stepText({ do: 'remove-trigger', trigger: trigger(name), gap: true }, drive)),
    ],
    [
      'plan, as a setting',
      (print) => print(stepText({ do: 'config', fields: [`environment.${name}`] }, drive)),
    ],
    [
      'an immutable runtime',
      () => stepsFor(drive, { config: functionNamed(name), async: undefined, triggers: [] }, code),
    ],
    [
      'a lost secret',
      () =>
        stepsFor(
          drive,
          {
            config: { ...functionNamed(name), runtime: drive.runtime },
            async: undefined,
            triggers: [],
          },
          code,
        ),
    ],
    [
      'an error of the service',
      () => {
        throw serviceError(
          'showFunctionConfig',
          { httpStatusCode: 400, errorCode: name, errorMsg: name, requestId: name },
          PLACE,
        );
      },
    ],
  ])('is escaped by %s, on its line', async (_command, work) => {
    const lines = await printed(work);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).not.toMatch(UNSAFE_TEXT);
      expect(line).not.toContain('\n');
    }
  });

  it.each<[string, (print: (line: string) => void) => unknown]>([
    ['logs', (print) => logs(cloudNamed(name), drive, { now: 0 }, print)],
    ['invoke', (print) => invoke(cloudNamed(name), drive, {}, print)],
  ])('is escaped by %s, but for line ends', async (_command, work) => {
    const lines = await printed(work);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.replaceAll(/[\n\t]/g, '')).not.toMatch(UNSAFE_TEXT);
  });
});
