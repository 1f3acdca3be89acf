const COMMAND = /^[A-Za-z0-9_./: -]{1,1024}$/;

/**
 * Returns a shell command that CPH takes: up to 1,024 letters, digits, spaces, `_ . / : -` (cph_api_0532). So there is no pipe, no
 * quote and no variable. Throws RangeError for any other.
 */
export function checkCommand(command: string): string {
  if (COMMAND.test(command)) return command;
  throw new RangeError('CPH takes commands of 1 to 1,024 letters, digits, spaces and _ . / : -');
}
