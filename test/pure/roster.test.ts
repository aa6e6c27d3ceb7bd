/** What an operator would have written down: who is started with which list and state after what has happened. */
import { Roster, type ListEntry } from '../../src/cluster/roster';
import { PLAIN } from '../../src/cluster/security';

const NAMES = ['etcd-1', 'etcd-2', 'etcd-3'];
/** The member change goes to whoever is asked first. */
const ASKED = { asked: undefined };
const entry = (name: string): ListEntry => ({ name, peerURL: `http://${name}:2380` });

/** `new etcd-1 etcd-2 etcd-3`. */
function startOf(roster: Roster, name: string): string {
  const { list, state } = roster.startArguments(name);
  return `${state} ${list.map((one) => one.name).join(' ')}`;
}

const starts = (roster: Roster): string[] => NAMES.map((name) => startOf(roster, name));

function start(
  roster: Roster,
  name: string,
  over: { list?: ListEntry[]; state?: 'new' | 'existing'; peerURL?: string; forceNewCluster?: boolean } = {},
): void {
  const { list, state } = roster.startArguments(name);
  const { list: initialCluster = list, state: initialClusterState = state, ...rest } = over;
  const plain = {
    version: '3.5.35',
    flags: {},
    peerURL: roster.peerURL(name),
    forceNewCluster: false,
    newAddress: false,
  };
  roster.started(name, { ...plain, initialCluster, initialClusterState, ...rest });
}

/** All three bootstrapped. */
function running(): Roster {
  const roster = new Roster(NAMES, PLAIN);
  for (const name of NAMES) start(roster, name);
  return roster;
}

const ALL = 'etcd-1 etcd-2 etcd-3';

describe('the roster', () => {
  it('begins with everybody in the list, and nobody known', () => {
    const roster = new Roster(NAMES, PLAIN);
    expect(starts(roster)).toEqual([`new ${ALL}`, `new ${ALL}`, `new ${ALL}`]);
    expect(roster.known()).toEqual([]);
    expect(roster.fullList()).toEqual(NAMES.map(entry));
  });

  it('knows everybody in the list of the first start, started or not', () => {
    const roster = new Roster(NAMES, PLAIN);
    start(roster, 'etcd-1');
    expect(roster.known()).toEqual(NAMES);
  });

  it('goes on with the list of the step that bootstrapped', () => {
    const roster = new Roster(NAMES, PLAIN);
    const list = ['etcd-1', 'etcd-2'].map(entry);
    start(roster, 'etcd-1', { list });
    expect(roster.known()).toEqual(['etcd-1', 'etcd-2']);
    expect(starts(roster)).toEqual(['new etcd-1 etcd-2', 'new etcd-1 etcd-2', 'new etcd-1 etcd-2']);
  });

  it('starts a member that was added with state existing and its own list, from the add until a removal', () => {
    const roster = running();
    roster.removed('etcd-1', ASKED);
    expect([roster.known(), roster.isRemoved('etcd-1')]).toEqual([['etcd-2', 'etcd-3'], true]);
    roster.added('etcd-1', { ...ASKED, answer: NAMES.map(entry), learner: false, peerURL: entry('etcd-1').peerURL });
    expect([roster.known(), roster.isRemoved('etcd-1'), roster.wasAdded('etcd-1')]).toEqual([NAMES, false, true]);
    expect(starts(roster)).toEqual([`existing ${ALL}`, `new ${ALL}`, `new ${ALL}`]);
    start(roster, 'etcd-1');
    start(roster, 'etcd-1');
    expect(startOf(roster, 'etcd-1')).toBe(`existing ${ALL}`);
    roster.removed('etcd-1', ASKED);
    expect([startOf(roster, 'etcd-1'), roster.wasAdded('etcd-1')]).toEqual([`new ${ALL}`, false]);
  });

  it('keeps the list that each add was answered, however the cluster goes on', () => {
    const roster = new Roster(NAMES, PLAIN);
    start(roster, 'etcd-1', { list: [entry('etcd-1')] });
    roster.added('etcd-2', {
      ...ASKED,
      answer: [entry('etcd-1'), entry('etcd-2')],
      learner: false,
      peerURL: entry('etcd-2').peerURL,
    });
    roster.added('etcd-3', { ...ASKED, answer: NAMES.map(entry), learner: true, peerURL: entry('etcd-3').peerURL });
    expect(starts(roster)).toEqual(['new etcd-1', 'existing etcd-1 etcd-2', `existing ${ALL}`]);
    expect(NAMES.map((name) => roster.isLearner(name))).toEqual([false, false, true]);
    roster.promoted('etcd-3', ASKED);
    expect(roster.isLearner('etcd-3')).toBe(false);
  });

  it('does not know a member that was removed because somebody else starts with it in the list', () => {
    const roster = running();
    roster.removed('etcd-3', ASKED);
    start(roster, 'etcd-1');
    expect(roster.known()).toEqual(['etcd-1', 'etcd-2']);
    // Started again with its old data it is no member: etcd itself refuses it.
    start(roster, 'etcd-3');
    expect(roster.known()).toEqual(['etcd-1', 'etcd-2']);
  });

  it('learns nothing from a start with state existing of a member that was never added', () => {
    const roster = new Roster(NAMES, PLAIN);
    start(roster, 'etcd-1', { list: [entry('etcd-1')] });
    start(roster, 'etcd-2', { list: [entry('etcd-1'), entry('etcd-2')], state: 'existing' });
    expect(roster.known()).toEqual(['etcd-1']);
  });

  it('forgets a start that was refused', () => {
    const roster = new Roster(NAMES, PLAIN);
    start(roster, 'etcd-1', { list: [entry('etcd-1')] });
    const before = roster.mark();
    start(roster, 'etcd-2', { list: [entry('etcd-1'), entry('etcd-2')], peerURL: 'http://other:2380' });
    expect(roster.known()).toEqual(['etcd-1', 'etcd-2']);
    roster.undo(before);
    expect([roster.known(), roster.peerURL('etcd-2'), startOf(roster, 'etcd-2')]).toEqual([
      ['etcd-1'],
      'http://etcd-2:2380',
      'new etcd-1',
    ]);
    // What came before is not touched by what comes after, however often it is gone back to.
    start(roster, 'etcd-2', { list: NAMES.map(entry) });
    roster.undo(before);
    expect(roster.known()).toEqual(['etcd-1']);
  });

  it('forgets the very first start, when that is refused', () => {
    const roster = new Roster(NAMES, PLAIN);
    const before = roster.mark();
    start(roster, 'etcd-1', { list: [entry('etcd-1')] });
    roster.undo(before);
    expect([roster.known(), startOf(roster, 'etcd-1')]).toEqual([[], `new ${ALL}`]);
  });

  it('after a restore goes on with the list of the restore', () => {
    const roster = running();
    roster.added('etcd-3', { ...ASKED, answer: NAMES.map(entry), learner: true, peerURL: entry('etcd-3').peerURL });
    const list = ['etcd-1', 'etcd-3'].map(entry);
    for (const { name } of list) roster.restored(name, { list, source: 'backup' });
    expect([startOf(roster, 'etcd-1'), startOf(roster, 'etcd-3')]).toEqual(['new etcd-1 etcd-3', 'new etcd-1 etcd-3']);
    expect([roster.isLearner('etcd-3'), roster.wasAdded('etcd-3')]).toEqual([false, false]);
  });

  it('after force-new-cluster knows the survivor alone; the others are added', () => {
    const roster = running();
    roster.removed('etcd-2', ASKED);
    start(roster, 'etcd-1', { forceNewCluster: true });
    expect(roster.known()).toEqual(['etcd-1']);
    roster.added('etcd-2', {
      ...ASKED,
      answer: [entry('etcd-1'), entry('etcd-2')],
      learner: false,
      peerURL: entry('etcd-2').peerURL,
    });
    expect([startOf(roster, 'etcd-1'), startOf(roster, 'etcd-2')]).toEqual(['new etcd-1', 'existing etcd-1 etcd-2']);
    expect(roster.known()).toEqual(['etcd-1', 'etcd-2']);
  });

  it('after force-new-cluster a restart of the survivor brings nobody back', () => {
    const roster = running();
    start(roster, 'etcd-1', { forceNewCluster: true });
    start(roster, 'etcd-1', { list: roster.startArguments('etcd-1').list, state: 'new' });
    expect(roster.known()).toEqual(['etcd-1']);
  });

  it('after force-new-cluster may be bootstrapped anew', () => {
    const roster = running();
    start(roster, 'etcd-1', { forceNewCluster: true });
    for (const name of NAMES) start(roster, name, { list: NAMES.map(entry), state: 'new' });
    expect(roster.known()).toEqual(NAMES);
  });

  it('follows peer URLs, and names members by them', () => {
    const roster = running();
    roster.updated('etcd-2', 'http://elsewhere:12380', ASKED);
    expect(roster.listOf(['etcd-2'])).toEqual([{ name: 'etcd-2', peerURL: 'http://elsewhere:12380' }]);
    expect(roster.nameOf('http://elsewhere:12380')).toBe('etcd-2');
    expect(roster.nameOf('http://etcd-3:9999')).toBe('etcd-3');
    expect(roster.nameOf('http://nobody:2380')).toBeUndefined();
    expect(roster.nameOf('no URL')).toBeUndefined();
  });

  it('knows nobody who was not declared', () => {
    expect(() => new Roster(NAMES, PLAIN).removed('etcd-4', ASKED)).toThrow('undeclared member etcd-4');
  });
});
