import type { Command } from '../program/command.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { placesOf } from '../completion/tree.ts';
import { zshScript } from '../completion/zsh.ts';
import { toJson } from '../text/printable.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints a shell's completion script for commands and options. `all` returns every command, this one included. */
export function createCompletionCommand(all: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'print a completion script for a shell',
    arguments: [{ name: '<shell>', text: 'the shell', choices: Object.keys(SCRIPTS) }],
    examples: [
      { run: 'source <(phonevault completion bash)' },
      {
        run: 'phonevault completion fish > ~/.config/fish/completions/phonevault.fish',
      },
    ],
    async run({ args, json }, io) {
      const shell = args[0] as keyof typeof SCRIPTS;
      const script = SCRIPTS[shell](placesOf(all()));
      io.out(json ? toJson({ shell, script }) : script);
      return 0;
    },
  };
}
