import { DeployError } from '../errors.js';
import { visible } from '../from-lib.js';

/** @import { Cloud, Desired } from '../types.js' */

const PAGE = 500;
const MAX_PAGES = 20;
const MINUTE = 60_000;

/**
 * Prints the log of a function, oldest first.
 * @param {Cloud} cloud
 * @param {Desired} desired
 * @param {{ now: number, minutes?: string, filter?: string }} options `now` in epoch ms
 * @param {(line: string) => void} print
 */
export async function logs(cloud, desired, { now, minutes = '15', filter }, print) {
  if (!/^[1-9]\d{0,4}$/.test(minutes)) {
    throw new DeployError(
      'minutes_invalid',
      `--minutes is ${minutes}; use a whole number from 1 to 99999`,
    );
  }
  const stream = await cloud.showLogStream(desired.urn);
  if (stream === undefined && (await cloud.showFunction(desired.urn)) === undefined) {
    throw new DeployError('not_deployed', `${desired.name} is not deployed`, {
      hint: `npx serverless deploy --stage ${desired.stage}, or name another stage with --stage`,
    });
  }
  if (stream === undefined) {
    throw new DeployError('no_logs', `${desired.name} does not write its log to LTS`, {
      hint: "set provider.logs: true and deploy, or read the function's log in the console",
    });
  }
  const span = { start_time: String(now - Number(minutes) * MINUTE), end_time: String(now) };
  const keywords = filter === undefined ? {} : { keywords: filter };
  let from = {};
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const lines = await cloud.queryLogs(stream, { ...span, ...keywords, ...from, limit: PAGE });
    // Functions without their own log stream may share one.
    for (const { content, labels } of lines) {
      if ((labels?.functionName ?? desired.name) === desired.name)
        print(visible(content.trimEnd(), '\n\t'));
    }
    const last = lines.at(-1);
    if (last === undefined || lines.length < PAGE) return;
    from = { line_num: last.line_num, search_type: 'forwards' };
  }
  print(`more than ${PAGE * MAX_PAGES} lines: use fewer --minutes, or read them in LTS`);
}
