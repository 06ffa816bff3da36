/** `completion`: a script for bash, zsh or fish, made from the table of verbs. */
import { Fault } from '../../base/fault.ts';
import { exitCodes } from '../processes/messages.ts';
import { onlyPositional } from './common-options.ts';
import type { Verb } from './verb.ts';

interface Known {
  readonly name: string;
  readonly summary: string;
  /** With their two dashes. */
  readonly options: readonly string[];
}

/** `verbs` is asked when it runs, because the table contains this verb too. */
export const completionVerb = (verbs: () => readonly Verb[]): Verb => ({
  name: 'completion',
  summary: 'Prints a completion script: source <(allclear completion bash).',
  usage: 'allclear completion bash|zsh|fish',
  async run(argv, terminal) {
    const shell = onlyPositional(argv, 'bash, zsh or fish');
    const known = verbs().map(({ name, summary, usage }) => ({ name, summary, options: optionsIn(usage) }));
    if (shell === 'bash') terminal.print(bash(known));
    else if (shell === 'zsh') terminal.print(zsh(known));
    else if (shell === 'fish') terminal.print(fish(known));
    else throw new Fault('usage/argument', `"${shell}" is none of bash, zsh, fish`);
    return exitCodes.ok;
  },
});

const optionsIn = (usage: string): readonly string[] => [
  ...new Set(usage.match(/--[a-z0-9][a-z0-9-]*/g) ?? []),
];

function bash(verbs: readonly Known[]): string {
  const cases = verbs.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`);
  return [
    '_allclear() {',
    '  local current="$' + '{COMP_WORDS[COMP_CWORD]}" words=""',
    '  case "$' + '{COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${verbs.map(({ name }) => name).join(' ')}"; fi`,
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [ $' + '{#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi',
    '}',
    'complete -F _allclear allclear',
  ].join('\n');
}

function zsh(verbs: readonly Known[]): string {
  const described = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = verbs.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')}; _files ;;`);
  return [
    '#compdef allclear',
    '_allclear() {',
    '  local -a verbs=(',
    ...described,
    '  )',
    '  if (( CURRENT == 2 )); then _describe verb verbs; return; fi',
    '  case $words[2] in',
    ...cases,
    '  esac',
    '}',
    'compdef _allclear allclear',
  ].join('\n');
}

function fish(verbs: readonly Known[]): string {
  const names = verbs.map(
    ({ name, summary }) =>
      `complete -c allclear -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
  );
  const options = verbs.flatMap(({ name, options: own }) =>
    own.map(
      (option) => `complete -c allclear -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
    ),
  );
  return [...names, ...options].join('\n');
}

/** In single quotes, which no shell looks into. */
const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;
