import { type Command, INTERRUPTED, type OptionSpec } from './command.ts';
import { wholeNumber } from './option-values.ts';

const DEFAULT_SECONDS = 5;

const watchOption: OptionSpec = {
  flags: '--watch [seconds]',
  text: `print again every so many seconds (default: ${DEFAULT_SECONDS}) until Ctrl-C`,
  parse: wholeNumber(1, 3_600),
};

/**
 * Returns the command with an option `--watch`, which runs it again and again and then exits with 130. A failure ends it. On a
 * terminal each result takes the place of the last one.
 */
export function repeatable<Options extends object>(
  command: Command<Options>,
): Command<Options & { watch?: true | number }> {
  return {
    ...command,
    options: [...(command.options ?? []), watchOption],
    async run(call, io) {
      const { watch, ...options } = call.options;
      const one = { ...call, options: options as unknown as Options };
      if (watch === undefined) return command.run(one, io);
      const stopped = new AbortController();
      const stopListening = io.onInterrupt(() => stopped.abort());
      try {
        while (!stopped.signal.aborted) {
          if (io.outIsTerminal && !call.json) io.clear();
          await command.run(one, io);
          const seconds = watch === true ? DEFAULT_SECONDS : watch;
          await io.clock.sleep(seconds * 1_000, stopped.signal);
        }
        return INTERRUPTED;
      } finally {
        stopListening();
      }
    },
  };
}
