import { readMarker } from './marker.js';
import { readActual } from './read-actual.js';
import { triggerText } from './text.js';

/**
 * Says how the functions of a stage are.
 * @param {import('./types.js').Cloud} cloud
 * @param {import('./types.js').Wanted[]} functions
 * @param {(line: string) => void} say
 */
export async function info(cloud, functions, say) {
  for (const { key, urn } of functions) {
    const actual = await readActual(cloud, urn);
    if (actual === undefined) {
      say(`${key}: not deployed`);
      continue;
    }
    const { config, async, triggers } = actual;
    const instances = config.strategy_config?.concurrency;
    say(`${key}: ${config.func_urn}`);
    say(
      `  ${config.runtime}, ${config.memory_size} MB, ${config.timeout} s, at most ${instances ?? '?'} instances, changed ${config.last_modified ?? '?'}`,
    );
    if (readMarker(config.description) === undefined) say('  not deployed from here');
    const failure = async?.destination_config?.on_failure?.destination;
    say(
      `  asynchronous calls: ${async ? `${async.max_async_retry_attempts} retries, failures ${failure ? `to ${failure}` : 'not told'}` : 'the defaults'}`,
    );
    for (const { trigger_type_code, trigger_status, event_data } of triggers) {
      const url = event_data['invoke_url'];
      say(
        `  ${triggerText(trigger_type_code, event_data)} ${trigger_status ?? ''}${url ? ` ${String(url)}` : ''}`,
      );
    }
    if (triggers.length === 0) say('  no triggers');
  }
}
