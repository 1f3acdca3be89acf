import { completionValues, type ValueKind, valueKinds } from '../completion/values.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { placesOf } from '../completion/tree.ts';
import { zshScript } from '../completion/zsh.ts';
import { toJson } from '../text/printable.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints a shell's completion script, or the names and ids that such a script looks up. `all` returns every command, this one included. */
export function createCompletionCommand(
  all: () => readonly Command[],
): Command<{ values?: ValueKind; prefix?: string }> {
  return {
    name: 'completion',
    summary: 'print a completion script for a shell',
    description: [
      'Prints the completion script of a shell. It completes commands and options, and looks up policies, runs and phones with your',
      'credentials, at most once in 30 seconds. After a refusal it does not try again for 10 minutes: bad signatures lock a key.',
    ].join(' '),
    arguments: [{ name: '[shell]', text: 'the shell', choices: Object.keys(SCRIPTS) }],
    options: [
      { flags: '--values <kind>', text: 'print names or ids, one a line', choices: valueKinds },
      { flags: '--prefix <text>', text: 'with --values: only those that begin with this' },
    ],
    examples: [
      { run: 'source <(phonevault completion bash)' },
      {
        run: 'phonevault completion fish > ~/.config/fish/completions/phonevault.fish',
      },
    ],
    async run({ args, options: { values: kind, prefix = '' }, json }, io) {
      if (kind !== undefined) {
        const values = await completionValues(io, kind, prefix);
        if (json) io.out(toJson(values));
        else if (values.length > 0) io.out(values.join('\n'));
        return 0;
      }
      const shell = args[0] as keyof typeof SCRIPTS | undefined;
      if (shell === undefined) throw wrongUse('no shell was given', 'bash, zsh or fish');
      const script = SCRIPTS[shell](placesOf(all()));
      io.out(json ? toJson({ shell, script }) : script);
      return 0;
    },
  };
}
