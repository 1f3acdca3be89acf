import { readMarker } from '../change/marker.js';
import { readActual } from '../change/read-actual.js';
import { triggerText } from '../change/text.js';
import { visible } from '../from-lib.js';

/** @import { Cloud, Desired } from '../types.js' */

/**
 * Prints the state of the functions of a stage.
 * @param {Cloud} cloud
 * @param {Desired[]} functions
 * @param {(line: string) => void} printLine
 */
export async function info(cloud, functions, printLine) {
  const print = (/** @type {string} */ line) => printLine(visible(line));
  for (const { key, urn } of functions) {
    const actual = await readActual(cloud, urn);
    if (actual === undefined) {
      print(`${key}: not deployed`);
      continue;
    }
    const { config, async, triggers } = actual;
    const instances = config.strategy_config?.concurrency;
    print(`${key}: ${config.func_urn}`);
    print(
      `  ${config.runtime}, ${config.memory_size} MB, ${config.timeout} s, at most ${instances ?? '?'} instances, changed ${config.last_modified ?? '?'}`,
    );
    if (readMarker(config.description) === undefined) print('  not deployed by Phonevault');
    const failure = async?.destination_config?.on_failure?.destination;
    print(
      `  asynchronous invocations: ${async ? `${async.max_async_retry_attempts} retries, ${failure ? `failures to ${failure}` : 'no failure notifications'}` : 'defaults'}`,
    );
    for (const { trigger_type_code, trigger_status, event_data } of triggers) {
      const url = event_data['invoke_url'];
      print(
        `  ${triggerText(trigger_type_code, event_data)} ${trigger_status ?? ''}${url ? ` ${String(url)}` : ''}`,
      );
    }
    if (triggers.length === 0) print('  no triggers');
  }
}
