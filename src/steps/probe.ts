import type { MemberProcess } from '../cluster/cluster';
import { asError, EtcdSaid, Unmet, type Comparison } from '../errors';
import { normalise } from '../match';
import { PLAIN, PORTS, url } from '../cluster/security';
import { askedMembers } from './ask';
import type { StepContext } from './context';
import { quote, targetOf } from './instruction';
import { MEMBERS } from './results';
import { selector, text } from './schema';
import { defineStep } from './step';
import { plural } from '../plural';
import { list } from './words';

export const probe = defineStep({
  name: 'probe',
  summary:
    'Sends GET requests to members’ client ports, as a liveness probe does. On 3.3 and 3.4 each `GET /health` is written ' +
    'into the raft log.',
  example: ['- probe: {member: etcd-1, path: /health}'],
  versions: 'On 3.3 and 3.4 it leaves a request in the raft log, with which 3.6 refuses to start.',
  main: 'member',
  args: {
    member: { ...selector, description: 'who is asked' },
    path: { ...text, pattern: '^/', expects: 'a path such as /health', description: '/health where nothing is said' },
    times: { type: 'integer', minimum: 1, description: 'how many requests each gets, one after the other' },
    status: {
      type: 'integer',
      minimum: 100,
      description: 'the status that each has to answer; 200 where nothing is said',
    },
    body: { ...text, minLength: 1, description: 'what each answer must contain' },
  },
  required: ['member'],
  result: MEMBERS,
  retry: 'always',
  timeoutMs: 10_000,
  check: ({ body }) =>
    body === undefined || normalise(body) !== ''
      ? []
      : [{ pointer: '/body', message: 'a blank text is part of every answer', hint: 'say what it has to contain' }],
  sentence: ({ member, path = '/health', times = 1 }) =>
    `GET ${path} from ${list(member)}${times === 1 ? '' : `, ${plural(times, 'time')}`}`,
  runbook({ member, path = '/health', times = 1, status = 200, body }, state) {
    const target = targetOf(member, state);
    return {
      before: target.explained,
      commands: target.names.map((name) => {
        const text = `curl -i ${quote(`${url(PLAIN, name, PORTS.client)}${path}`)}`;
        return { text: times === 1 ? text : `for i in $(seq ${times}); do ${text}; done` };
      }),
      see: [
        `Each answer has the status ${status}.`,
        ...(body === undefined ? [] : [`Each answer contains \`${body}\`.`]),
      ],
    };
  },
  async run({ member, path = '/health', times = 1, status = 200, body }, context) {
    const processes = await askedMembers(member, context);
    for (const process of processes) {
      for (let i = 0; i < times; i++) {
        const differing = compared(await answerOf(process, path, context), { process, path, status, body });
        if (differing.length > 0) throw new Unmet(`${process.member} answered otherwise`, differing);
      }
    }
    return { members: processes.map((process) => process.member) };
  },
});

interface Answer {
  status: number;
  body: string;
}

async function answerOf(process: MemberProcess, path: string, context: StepContext): Promise<Answer> {
  try {
    return await process.get(path, context.call().timeoutMs);
  } catch (thrown) {
    if (context.signal.aborted) throw thrown;
    throw new EtcdSaid(asError(thrown).message, 'failed', process.member);
  }
}

function compared(
  answer: Answer,
  wanted: { process: MemberProcess; path: string; status: number; body: string | undefined },
): Comparison[] {
  const { path, status, body } = wanted;
  const where = `${path} on ${wanted.process.member}`;
  const holds = body === undefined || normalise(answer.body).includes(normalise(body));
  return [
    ...(answer.status === status
      ? []
      : [{ subject: `status of ${where}`, expected: String(status), actual: String(answer.status) }]),
    ...(holds
      ? []
      : [{ subject: `body of ${where}`, expected: `contains "${body}"`, actual: answer.body.trim() || 'nothing' }]),
  ];
}
