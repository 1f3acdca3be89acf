import { lookupOf } from './tree.ts';
import type { CompletedOption, Place, Values } from './tree.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Returns a word with its description, in the form of _describe. */
const item = (name: string, text: string) => quoted(`${name.replaceAll(':', '\\:')}:${text}`);

const namesOf = ({ long, short }: CompletedOption) =>
  short === undefined ? [long] : [short, long];

function reply(values: Values): string {
  if (typeof values !== 'string') return `compadd -- ${values.join(' ')}`;
  if (values === 'files') return '_files';
  const lookup = lookupOf(values, '$words[CURRENT]');
  return lookup === undefined ? "_message 'value'" : `compadd -- $(${lookup})`;
}

function afterOption({ at, options }: Place): string[] {
  return options.flatMap((option) => {
    if (option.values === undefined) return [];
    const patterns = namesOf(option).map((name) => quoted(`${at} ${name}`));
    return [`    (${patterns.join('|')}) ${reply(option.values)}; return ;;`];
  });
}

function words({ at, commands, options, args }: Place): string[] {
  const lookup = lookupOf(args, '$words[CURRENT]');
  const items = [
    ...commands.map(({ name, text }) => item(name, text)),
    ...(typeof args === 'string' ? [] : args.map(quoted)),
    ...options.map(({ long, text }) => item(long, text)),
  ];
  return [
    `    (${quoted(at)})`,
    ...(args === 'files' ? ['      [[ $words[CURRENT] == -* ]] || { _files; return }'] : []),
    ...(lookup === undefined
      ? []
      : [`      [[ $words[CURRENT] == -* ]] || compadd -- $(${lookup})`]),
    `      list=(${items.join(' ')}) ;;`,
  ];
}

/** Returns a completion script for zsh: save it as `_phonevault` in $fpath, or source it after compinit. */
export function zshScript(places: readonly Place[]): string {
  const known = places.flatMap(({ at }) => (at === '' ? [] : [quoted(at)]));
  return [
    '#compdef phonevault',
    '# Completion of phonevault for zsh. In ~/.zshrc, after compinit: source <(phonevault completion zsh)',
    '_phonevault() {',
    "  local at='' word",
    '  local -a list',
    '  for word in $words[2,CURRENT-1]; do',
    '    case "$at/$word" in',
    `      (${known.join('|')}) at="$at/$word" ;;`,
    '    esac',
    '  done',
    '  case "$at $words[CURRENT-1]" in',
    ...places.flatMap(afterOption),
    '  esac',
    '  case "$at" in',
    ...places.flatMap(words),
    '  esac',
    "  _describe 'phonevault' list",
    '}',
    'if [[ $funcstack[1] == _phonevault ]]; then _phonevault "$@"; else compdef _phonevault phonevault; fi',
  ].join('\n');
}
