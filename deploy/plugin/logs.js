import { DeployError } from './errors.js';

const PAGE = 500;
const MOST_PAGES = 20;
const MINUTE = 60_000;

/**
 * Prints what a function logged, oldest first.
 * @param {import('./types.js').Cloud} cloud
 * @param {import('./types.js').Wanted} wanted
 * @param {{ minutes?: string, filter?: string }} options
 * @param {number} now epoch ms
 * @param {(line: string) => void} say
 */
export async function logs(cloud, wanted, { minutes = '15', filter }, now, say) {
  if (!/^[1-9]\d{0,4}$/.test(minutes)) {
    throw new DeployError(
      'minutes_invalid',
      `--minutes is ${minutes}; a whole number from 1 to 99999 is allowed`,
    );
  }
  const place = await cloud.showLogPlace(wanted.urn);
  if (place === undefined) {
    throw new DeployError('no_logs', `${wanted.name} keeps no log in LTS`, {
      hint: "provider.logs: true, then deploy; or look at the function's log in the console",
    });
  }
  const span = { start_time: String(now - Number(minutes) * MINUTE), end_time: String(now) };
  const keywords = filter === undefined ? {} : { keywords: filter };
  let from = {};
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const lines = await cloud.queryLogs(place, { ...span, ...keywords, ...from, limit: PAGE });
    // Functions that were given no stream of their own may share one.
    for (const { content, labels } of lines) {
      if ((labels?.functionName ?? wanted.name) === wanted.name) say(content.trimEnd());
    }
    const last = lines.at(-1);
    if (last === undefined || lines.length < PAGE) return;
    from = { line_num: last.line_num, search_type: 'forwards' };
  }
  say(`more than ${PAGE * MOST_PAGES} lines: ask for fewer --minutes, or look into LTS`);
}
