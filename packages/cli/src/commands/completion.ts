import { Argument, Command } from 'commander'
import { examples } from '../examples.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

interface Verb {
  readonly name: string
  readonly summary: string
  /** Of its own verbs, and of their flags together. */
  readonly verbs: readonly string[]
  readonly flags: readonly string[]
}

/** Prints a script for the shell, made of the very program that it completes. */
export function completionVerb(program: Command): Command {
  return new Command('completion')
    .summary('print a script that completes verbs and flags')
    .description('Print a script that completes verbs and flags in your shell.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'source <(greenroom completion bash)',
        'greenroom completion zsh > ~/.zsh/completions/_greenroom',
        'greenroom completion fish > ~/.config/fish/completions/greenroom.fish',
      ),
    )
    .action((shell: (typeof SHELLS)[number]) => {
      const script = { bash, zsh, fish }[shell]
      process.stdout.write(script(verbsOf(program)))
    })
}

function verbsOf(program: Command): Verb[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    verbs: command.commands.map((each) => each.name()),
    flags: [...flagsOf(command), ...command.commands.flatMap(flagsOf)].filter(
      (flag, index, all) => all.indexOf(flag) === index,
    ),
  }))
}

function flagsOf(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long === undefined ? [] : [long]))
}

function bash(verbs: readonly Verb[]): string {
  const cases = verbs.map(
    ({ name, verbs: own, flags }) =>
      `    ${name}) verbs='${own.join(' ')}' words='${flags.join(' ')}' ;;`,
  )
  return `# greenroom completion bash
_greenroom() {
  local word="\${COMP_WORDS[COMP_CWORD]}" verbs='' words=''
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${verbs.map(({ name }) => name).join(' ')}' -- "$word"))
  elif [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  elif [ "$COMP_CWORD" -eq 2 ]; then
    COMPREPLY=($(compgen -W "$verbs" -- "$word"))
  else
    COMPREPLY=()
  fi
}
complete -o default -F _greenroom greenroom
`
}

function zsh(verbs: readonly Verb[]): string {
  const names = verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`)
  const cases = verbs.map(({ name, flags }) => `    ${name}) compadd -- ${flags.join(' ')} ;;`)
  const own = verbs
    .filter((verb) => verb.verbs.length > 0)
    .map((verb) => `    ${verb.name}) compadd -- ${verb.verbs.join(' ')}; return ;;`)
  return `#compdef greenroom
# greenroom completion zsh
_greenroom() {
  local -a verbs=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  if (( CURRENT == 3 )); then
    case "$words[2]" in
${own.join('\n')}
    esac
  fi
  if [[ "$words[CURRENT]" != -* ]]; then
    _files
    return
  fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _greenroom ]; then _greenroom "$@"; else compdef _greenroom greenroom; fi
`
}

function fish(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ name, summary, verbs: own, flags }) => {
    // Not by a word somewhere on the line: `team list` is another verb than `list`.
    const isIt = `string match -q -- ${name} (commandline -opc)[2]`
    const isBare = `${isIt}; and test (count (commandline -opc)) -eq 2`
    return [
      `complete -c greenroom -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...own.map((each) => `complete -c greenroom -n ${quoted(isBare)} -f -a ${each}`),
      ...flags.map((flag) => `complete -c greenroom -n ${quoted(isIt)} -l ${flag.slice(2)}`),
    ]
  })
  return `# greenroom completion fish\n${lines.join('\n')}\n`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
