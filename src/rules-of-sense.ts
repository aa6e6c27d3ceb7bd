/** The rules that are found by following what the steps of a drill do. */
import type { Rule } from './rules';

const certain = (about: string): Rule => ({ severity: 'error', kind: 'sense', about });
const likely = (about: string): Rule => ({ severity: 'warning', kind: 'sense', about });

export const SENSE_RULES = {
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
  'wipe-running': certain('The data directory of a running member is never thrown away: stop or kill it first.'),
  'unknown-snapshot': certain('No step before this one takes a snapshot of this name.'),
  'snapshot-twice': certain('A snapshot of this name was taken already, and is not overwritten.'),
  'restore-unfit': certain(
    'A snapshot is restored to a member that is down and has no data: stop it, and wipe it, first.',
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
  'no-downgrade-request': certain(
    'etcd can be asked for a downgrade from 3.6 on. 3.5 answers with a time-out, stores the request all the same, and the next ' +
      'restart of any 3.5 member is fatal: it is never sent there.',
  ),

  'unknown-rule': likely(
    'A comment that is meant to silence a rule names none that there is, or one that can not be silenced.',
  ),
  'silences-nothing': likely(
    'The rule that a comment silences finds nothing at this place, with no version of etcd: the comment can go.',
  ),
} satisfies Record<string, Rule>;

export type SenseRule = keyof typeof SENSE_RULES;
