import { HOUR, SECOND } from './duration.ts';
import { choice, command, duration, listOf, mapping } from './fields.ts';

const commands = (description: string, example: string[]) =>
  listOf(command, 'commands', 1, 10)
    .optional()
    .meta({ description, examples: [example] });

/** Shell commands on a phone around its export. */
export const hooks = mapping({
  before: commands('Commands that a phone runs before its export, one after the other.', [
    'am force-stop com.example.game',
    'sync',
  ]),
  after: commands(
    'Commands that a phone runs after its export, also when a command before it or the export has failed.',
    ['am start -n com.example.game/.MainActivity'],
  ),
  timeout: duration(SECOND, 12 * HOUR)
    .prefault('30m')
    .meta({
      description:
        'How long a command may take after CPH has accepted it. It may wait for the exports of its server.',
      examples: ['1m'],
    }),
  on_error: choice(['fail', 'continue'])
    .prefault('fail')
    .meta({
      description:
        'What a failed command of `before` means: `fail`, the phone is not exported and ends as `hook_failed`; `continue`, it is exported all the same. A failed command of `after` is only reported.',
      examples: ['continue'],
    }),
}).meta({
  description: 'Shell commands on each phone around its export, such as to stop an app.',
  examples: [{ before: ['am force-stop com.example.game', 'sync'] }],
});
