import { CAUSES } from '../../../cost/causes.ts';
import { MACHINES, machineById } from '../../../hardware/presets/index.ts';
import { BEHAVIOUR_KEYS } from '../../../hypervisor/behaviour.ts';
import { PATCHES } from '../../../hypervisor/patches.ts';
import { isBehaviourKey, STRATEGIES, strategyById } from '../../../hypervisor/strategies.ts';
import { explainMachine } from '../../../report/explain/machine.ts';
import { placeSentence, type ReportedKind } from '../../../report/run/places.ts';
import { runMachine } from '../../../suite/run-machine.ts';
import type { Suite } from '../../../suite/suite.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { definition, nameColumns, wrap } from '../../../util/wrap.ts';
import { commandNamed } from '../../commands.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { print } from '../../output/io.ts';
import { listShippedSuites } from '../../select/listed-suites.ts';
import { unknownName } from '../../select/names.ts';
import { explainCause, explainSuite } from './cause-and-suite.ts';
import { explainObligation, OBLIGATION_NAMES } from './obligation.ts';
import { explainParameter, parameterPaths } from './parameter.ts';
import { explainPatch } from './patch.ts';
import { explainBehaviour, explainStrategy } from './strategy.ts';

/** `explain [topic] [name]`: what a name means and where its numbers come from. */
export async function perform(words: readonly string[]): Promise<number> {
  print(`${explain(words, await topics(words)).trimEnd()}\n`);
  return EXIT_CODES.ok;
}

/** A kind of thing that has names, and what can be said about one of them. */
export interface NamedTopic {
  readonly kind: ReportedKind;
  readonly what: string;
  readonly names: readonly string[];
  /** Undefined for a name that it doesn't have. */
  readonly explain: (name: string) => string | undefined;
}

/**
 * Everything that has a name, in the order in which it is listed. With `words` only suites that
 * they name can be explained: the others are listed and not read.
 */
export async function topics(words?: readonly string[]): Promise<readonly NamedTopic[]> {
  const ids = (await listShippedSuites()).map((suite) => suite.id);
  const suites = await suitesWithIds(ids.filter((id) => words?.includes(id) ?? true));
  return [
    {
      kind: 'machine',
      what: 'TLB geometry, latencies and costs, each number with its source',
      names: MACHINES.map((machine) => machine.id),
      explain: (name) => {
        const machine = machineById(name);
        return machine && explainMachine(runMachine(machine.id));
      },
    },
    {
      kind: 'strategy',
      what: 'what a KVM version does about ASIDs and flushes, as behaviours',
      names: STRATEGIES.map((strategy) => strategy.id),
      explain: (name) => {
        const strategy = strategyById(name);
        return strategy && explainStrategy(strategy);
      },
    },
    {
      kind: 'behaviour',
      what: 'one decision of KVM, its possible values and who has which',
      names: BEHAVIOUR_KEYS,
      explain: (name) => (isBehaviourKey(name) ? explainBehaviour(name) : undefined),
    },
    {
      kind: 'patch',
      what: 'one of the series rfc-2025-03: what it changes and what it needs',
      names: PATCHES.map((patch) => String(patch.number)),
      explain: (name) => {
        const patch = PATCHES.find((each) => String(each.number) === name || each.subject === name);
        return patch && explainPatch(patch);
      },
    },
    {
      kind: 'obligation',
      what: 'what a strategy owes its guests and the host; the checker looks for breaches',
      names: OBLIGATION_NAMES,
      explain: explainObligation,
    },
    {
      kind: 'cause',
      what: 'what a modelled cycle can be charged to',
      names: CAUSES.map((cause) => cause.id),
      explain: (name) => {
        const cause = CAUSES.find((each) => each.id === name);
        return cause && explainCause(cause);
      },
    },
    {
      kind: 'suite',
      what: 'the question of a suite, its workload and its expectations',
      names: ids,
      explain: (name) => {
        const suite = suites.find((each) => each.id === name);
        return suite && explainSuite(suite);
      },
    },
    {
      kind: 'parameter',
      what: 'one number of the machines, with its value and source on each',
      names: parameterPaths(),
      explain: explainParameter,
    },
  ];
}

async function suitesWithIds(ids: readonly string[]): Promise<readonly Suite[]> {
  if (ids.length === 0) return [];
  const { shippedSuitesNamed } = await import('../../../suite/load-suite.ts');
  return shippedSuitesNamed(ids);
}

/** What `explain WORDS` prints. Throws UserError('usage') for a name that nothing has. */
export function explain(words: readonly string[], all: readonly NamedTopic[]): string {
  const [first, second] = words;
  if (first === undefined) return overview(all);
  const topic = all.find((each) => each.kind === first);
  if (words.length > 2 || (second !== undefined && topic === undefined)) {
    throw new UserError(
      'usage',
      `explain ${words.join(' ')}`,
      'one topic and one name are expected',
      `Topics are ${all.map((each) => each.kind).join(', ')}`,
    );
  }
  if (topic === undefined) return explainAnywhere(first, all);
  if (second === undefined) return namesOf(topic);
  const text = explainWith(topic, second);
  if (text === undefined)
    throw unknownName(topic.kind, second, topic.names, `explain ${topic.kind}`);
  return text;
}

/** What a topic says of a name, and where a report shows it. */
function explainWith(topic: NamedTopic, name: string): string | undefined {
  const text = topic.explain(name);
  if (text === undefined) return undefined;
  return `${text.trimEnd()}\n\n${wrap(placeSentence(topic.kind))}`;
}

function explainAnywhere(name: string, all: readonly NamedTopic[]): string {
  const texts = all.flatMap((topic) => explainWith(topic, name) ?? []);
  if (texts.length > 0) return texts.join('\n\n');
  if (commandNamed(name) !== undefined) {
    const cure = `What it does says "${INVOCATION} ${name} --help"`;
    throw new UserError('usage', `explain ${name}`, 'that is a command and no name', cure);
  }
  const known = all.flatMap((topic) => [topic.kind, ...topic.names]);
  throw unknownName('name', name, known, 'explain');
}

function overview(all: readonly NamedTopic[]): string {
  const columns = nameColumns(all.map((topic): string => topic.kind));
  const lines = all.flatMap((topic) => [
    definition(topic.kind, `${topic.what}:`, columns),
    wrap(topic.names.join(', '), ' '.repeat(columns + 4)),
  ]);
  return `What can be explained: a topic's names, or one name.\n\n${lines.join('\n')}`;
}

function namesOf(topic: NamedTopic): string {
  return `${topic.kind}: ${topic.what}.\n${wrap(topic.names.join(', '), '  ')}`;
}
