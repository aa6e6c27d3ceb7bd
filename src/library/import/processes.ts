/** Lists of processes: `ps -ef`, `ps aux`, `pgrep -a`, `systemctl status`. */
import { etcdOf } from './command';
import { addFindings, noFindings, type Findings, type Word } from './found';
import { readScript } from './script';

/** Columns before the command, of the forms that ps prints. */
const COLUMNS: readonly RegExp[] = [
  // ps -ef: UID PID PPID C STIME TTY TIME
  /^\s*\S+\s+(\d+)\s+\d+\s+\d+\s+\S+\s+\S+\s+(?:\d+-)?[\d:]+\s+(?=\S)/,
  // ps aux: USER PID %CPU %MEM VSZ RSS TTY STAT START TIME
  /^\s*\S+\s+(\d+)\s+[\d.]+\s+[\d.]+\s+\d+\s+\d+\s+\S+\s+\S+\s+\S+\s+[\d:.-]+\s+(?=\S)/,
  // ps ax: PID TTY STAT TIME
  /^\s*(\d+)\s+\S+\s+[A-Za-z<+]\S*\s+[\d:.-]+\s+(?=\S)/,
  // busybox ps: PID USER TIME, or PID USER VSZ STAT
  /^\s*(\d+)\s+\S+\s+(?:[\d:.h]+|\d+m?\s+[A-Z]\S*)\s+(?=\S)/,
  // systemctl status: └─811 /usr/bin/etcd
  /^\s*[├└│─|`-]+\s*(\d+)\s+(?=\S)/,
  // pgrep -a, ps -o pid,args
  /^\s*(\d+)\s+(?=\S)/,
];

const HEADER = /^\s*(\S+\s+)*(PID|USER|UID)\b.*\b(CMD|COMMAND|ARGS)\s*$/;

interface Process {
  pid: string;
  words: Word[];
}

/** The processes in a text; none where no line looks like one. */
export function processesIn(text: string): Process[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (HEADER.test(line)) return [];
    for (const columns of COLUMNS) {
      const [before, pid] = columns.exec(line) ?? [];
      if (before === undefined || pid === undefined) continue;
      return [{ pid, words: line.slice(before.length).trim().split(/\s+/).map(literal) }];
    }
    return [];
  });
}

/** ps prints words without their quotes: nothing in them is an expansion. */
function literal(text: string): Word {
  return { text, open: false };
}

export function fromProcesses(processes: readonly Process[], readText: (text: string) => Findings): Findings {
  const findings = noFindings();
  for (const { pid, words } of processes) {
    const about = { as: 'a command line', subject: `process ${pid}` };
    const at = words.findIndex(({ text }, i) => text === '-c' && /(^|\/)(ba|da)?sh$/.test(words[i - 1]?.text ?? ''));
    const script = words.slice(at + 1).map(({ text }) => text);
    const command = at === -1 ? words : [...words.slice(0, at + 1), literal(script.join(' '))];
    addFindings(
      findings,
      etcdOf(command, { ...about, readScript: (inner) => readScript(inner, { ...about, readText }) }),
    );
  }
  return findings;
}
