import { COMMAND, COMMAND_RULE } from '../../names.ts';

/** Returns a shell command that CPH takes. Throws RangeError for any other. */
export function checkCommand(command: string): string {
  if (COMMAND.test(command)) return command;
  throw new RangeError(`CPH takes commands of ${COMMAND_RULE}`);
}
