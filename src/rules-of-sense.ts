/** The rules that are found by following what the steps of a drill do. */
import type { Rule } from './rules';

const certain = (about: string): Rule => ({ severity: 'error', kind: 'sense', about });
const likely = (about: string): Rule => ({ severity: 'warning', kind: 'sense', about });

export const SENSE_RULES = {
  'no-quorum': certain(
    'A write, a linearizable read or a member change needs a majority of the voters, and here most of them are certainly ' +
      'down, and no `expectError` says that this is the point. Start them first, read with `consistency: serializable`, or ' +
      'expect the error.',
  ),
  'never-added': certain(
    'A member without data that is started with `initialClusterState: existing` asks the others who is in the cluster, ' +
      'finds that it is not, and gives up: `member count is unequal`. `member-add` tells the cluster first.',
  ),
  'lost-data': certain(
    'A member that was in the cluster and lost its data is started as if it were new. The others remember it, and it is ' +
      'refused: `member … has already been bootstrapped`. Remove it and add it again, then it comes back as another member.',
  ),
  'lost-log': likely(
    'A member that was added at run time, and lost its data, is started under its old ID. Etcd mostly panics: `tocommit(…) ' +
      'is out of range`; at times it comes back, having forgotten what it acknowledged. Remove it and add it again.',
  ),
  'start-would-succeed': likely(
    'A start is expected to be refused, and from what the drill did before nothing speaks against it: the member has its ' +
      'data, is in the member list, and a quorum runs.',
  ),
  'other-refusal': likely(
    'A start is certainly refused, but with other words than the drill expects: it would fail for the wrong reason.',
  ),
  'start-skips-minor': likely(
    'A member is started on data that was written more than one minor version earlier. Etcd supports upgrades of one minor ' +
      'version at a time; what skips one may start, and may not.',
  ),
  'start-without-quorum': certain(
    '`start` waits until the member serves, and with the members that are up after it there is no majority of its list, so ' +
      'it would wait for nothing. Start more of them together, set `initialCluster` to those that start, or do not wait ' +
      '(`waitFor: running`).',
  ),
  'running-already': certain(
    'The member that `start` names runs already. `start: all` starts only those that are down; `restart` stops first.',
  ),
  'not-running': certain(
    'The step is about a member that is certainly down here: it was never started, or was stopped.',
  ),
  'several-members': certain(
    'The step takes one member, and the word that names it means several here: `put: {to: all}`. Name one, or say `leader` ' +
      'or `follower`. A `start` or `upgrade` that has to fail takes one as well: it has to be clear who is refused.',
  ),
  'means-nobody': certain(
    'The word means no member here: `leader` where nobody runs, `follower` where only one voter does, `minority` in a ' +
      'cluster of one or two voters, which can lose none of them.',
  ),
  'wipe-running': certain('The data directory of a running member is never thrown away: stop or kill it first.'),
  'unknown-snapshot': certain('No step before this one takes a snapshot of this name.'),
  'snapshot-twice': certain('A snapshot of this name was taken already, and is not overwritten.'),
  'restore-unfit': certain(
    'A snapshot is restored to a member that is down and has no data: stop it, and wipe it, first.',
  ),
  'restore-list': certain(
    'A snapshot is restored to a member with an `initialCluster` that does not contain the member. The tool refuses that with ' +
      "`couldn't find local name`. Add the member to the list, or expect the error.",
  ),
  'skipped-minor': certain(
    'etcd is upgraded one minor version at a time, and `upgrade` refuses to skip one: go to the version between first, or say ' +
      '`skipMinor: true` in a drill that shows what etcd does then.',
  ),
  'wrong-direction': certain('`upgrade` goes to a newer version, `downgrade` to an older one.'),
  'lost-flags': certain(
    'The member was started with a flag that the version it is to be given does not know: etcd would end with exit code 2. ' +
      'Drop it in the step (`flags: {NAME: null}`). A flag that is only spelt otherwise is translated.',
  ),
  'unknown-flag': likely(
    'No known version of etcd has a flag of this name, or it is not known whether the patch version that runs has it. The flag is ' +
      'passed on as written. A flag that the version certainly lacks is an error (`lacking-flag`). `run` asks the image ' +
      'of the version, if it is present, and what it says counts.',
  ),
  'no-downgrade-request': certain(
    'etcd can be asked for a downgrade from 3.6 on. 3.5 answers with a time-out, stores the request all the same, and the next ' +
      'restart of any 3.5 member is fatal: it is never sent there.',
  ),

  'history-not-rehearsed': likely(
    'A restore writes a new member list and a new log, so a rehearsal does not have the history of the cluster that the ' +
      'snapshot is from, and 3.6 is the version that looks at it. A learner that was promoted before 3.5.20 is a learner ' +
      'again for 3.6, which has room for one: `too many learner members in cluster` (etcd-io/etcd#19557). Run every member ' +
      'on 3.5.20 or later, and start each once more there, before 3.6. docs/upgrades.md says what else a rehearsal leaves out.',
  ),

  'unsupported-step': certain(
    'The version of etcd that the scenario is given can not do what the step says. Let the step be skipped there (`when: ' +
      '{etcd: ">=3.4"}`), or the whole drill (`requires`).',
  ),
  'skipped-result': certain(
    'The step uses a result of one that is skipped on this version. Give both the same `when`.',
  ),
  contradiction: certain(
    'What is expected can not be, by what the steps before did: a member that is down can neither serve nor run.',
  ),
  'bare-expression': likely(
    'A text looks like an expression and is none: only `${…}` is replaced, and `$vars.x`, `$(vars.x)`, `{{vars.x}}` stay as ' +
      'they are.',
  ),
  'unused-variable': likely('A variable is declared, and nothing names it.'),
  'unused-matrix': likely(
    'A list of the matrix multiplies the runs, and nothing names its value: all of them would be the same.',
  ),
  'unknown-write': likely(
    'A step reads a key that an earlier step wrote with an unknown outcome: a request that times out may be applied later, for example ' +
      'when a quorum is back. The read may find either state, so the scenario passes on one day and fails on another. Write the key ' +
      'again before it is read, or use another key for the write that is expected to fail.',
  ),
  'unlikely-error': likely(
    'No version of etcd says this text, but it is nearly one that etcd does say. Only texts that are one or two letters ' +
      'away from a known one, or that only the documentation has, are reported.',
  ),
  'get-compares-nothing': likely(
    'A `get` without `value`, `absent` or `count` succeeds whatever is there, even nothing. Say what must be there, keep the ' +
      'result with `as`, or use `expect: {healthy: …}` where it is only to show that the member serves.',
  ),
  'sleep-before-assertion': likely(
    'A fixed time before an assertion is too short on a slow day and too long on all others. `within` on the assertion ' +
      'waits as long as it has to, and no longer.',
  ),
  'no-assertion': likely(
    'Nothing in the drill compares anything: it shows that the steps can be done, and nothing about what they lead to. On ' +
      'some version of etcd that may be so because `when` skips every step that compares.',
  ),
  'never-runs': certain(
    'No version of etcd fulfills the `when` of a step, together with that of the blocks around it: the step never runs, and ' +
      'what it expects is never looked at.',
  ),
  'never-runs-here': likely(
    'The `when` of a step holds for none of the versions that the scenario is for (`etcd`, `requires`): the step never runs.',
  ),
  'loose-text': likely(
    'An expected text is so short, or such an everyday word, that nearly everything that etcd says contains it: the step ' +
      'passes whatever the reason is. Quote more of the message.',
  ),
  'any-exit-code': likely(
    'An `exit` accepts every code that etcd ends with by itself (0, 1 and 2): it shows only that the process ended.',
  ),

  'unknown-rule': likely(
    'A comment that is meant to silence a rule names none that there is, or one that can not be silenced.',
  ),
  'silences-nothing': likely(
    'The rule that a comment silences finds nothing at this place, with no version of etcd: the comment can go.',
  ),
} satisfies Record<string, Rule>;

export type SenseRule = keyof typeof SENSE_RULES;
