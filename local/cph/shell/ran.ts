/** What a command printed on both outputs, and whether its exit code was 0. */
export type Ran = { output: string; isSuccess: boolean };

export const done = (output = ''): Ran => ({ output, isSuccess: true });
export const failed = (line: string): Ran => ({ output: `${line}\n`, isSuccess: false });

/** Splits the options of a command from its operands: `-Rv a` into `Rv` and `a`. */
export function optionsOf(args: readonly string[]): { flags: string; operands: string[] } {
  const flags = args.filter((arg) => arg.startsWith('-') && arg.length > 1);
  return {
    flags: flags.map((flag) => flag.slice(1)).join(''),
    operands: args.filter((arg) => !flags.includes(arg)),
  };
}
