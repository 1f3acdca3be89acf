import { lookupOf } from './tree.ts';
import type { CompletedOption, Place, Values } from './tree.ts';

const namesOf = ({ long, short }: CompletedOption) =>
  short === undefined ? [long] : [short, long];

function reply(values: Values): string {
  if (typeof values !== 'string') {
    return `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$cur"))`;
  }
  if (values === 'files') return 'compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur"))';
  const lookup = lookupOf(values, '$cur');
  return lookup === undefined
    ? 'COMPREPLY=()'
    : `COMPREPLY=($(compgen -W "$(${lookup})" -- "$cur"))`;
}

function afterOption({ at, options }: Place): string[] {
  return options.flatMap((option) => {
    if (option.values === undefined) return [];
    const patterns = namesOf(option).map((name) => `'${at} ${name}'`);
    return [`    ${patterns.join(' | ')}) ${reply(option.values)}; return ;;`];
  });
}

function words({ at, commands, options, args }: Place): string {
  const all = [
    ...commands.map(({ name }) => name),
    ...(typeof args === 'string' ? [] : args),
    ...options.flatMap(namesOf).filter((name) => name.startsWith('--')),
  ];
  const files = args === 'files' ? ' files=1' : '';
  const lookup = lookupOf(args, '$cur');
  const found = lookup === undefined ? '' : `; [[ $cur == -* ]] || list+=" $(${lookup})"`;
  return `    '${at}') list='${all.join(' ')}'${files}${found} ;;`;
}

/** Returns a completion script for bash 4 and later, to be sourced. */
export function bashScript(places: readonly Place[]): string {
  const known = places.flatMap(({ at }) => (at === '' ? [] : [`'${at}'`]));
  return [
    '# Completion of phonevault for bash. In ~/.bashrc: source <(phonevault completion bash)',
    '_phonevault() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}',
    "  local at='' list='' files='' i",
    '  for ((i = 1; i < COMP_CWORD; i++)); do',
    '    case "$at/${COMP_WORDS[i]}" in',
    `      ${known.join(' | ')}) at="$at/\${COMP_WORDS[i]}" ;;`,
    '    esac',
    '  done',
    '  case "$at $prev" in',
    ...places.flatMap(afterOption),
    '  esac',
    '  case "$at" in',
    ...places.map(words),
    '  esac',
    '  COMPREPLY=($(compgen -W "$list" -- "$cur"))',
    '  if [[ -n $files && $cur != -* ]]; then',
    '    compopt -o filenames',
    '    COMPREPLY=($(compgen -f -- "$cur"))',
    '  fi',
    '}',
    'complete -F _phonevault phonevault',
  ].join('\n');
}
