import { PORTS, PLAIN, url } from '../cluster/security';
import { atLeast } from '../cluster/version';
import { Unmet } from '../errors';
import { normalise } from '../match';
import { askedMember } from './ask';
import { asked, etcdctl as typed, quote, withoutPassword } from './instruction';
import type { Secrecy } from './secrecy';
import { single, text } from './schema';
import { defineStep } from './step';
import { runTool } from './tool';

export const etcdctl = defineStep({
  name: 'etcdctl',
  summary: 'Runs a member’s own etcdctl against it: the way out, for what has no step.',
  example: ['- etcdctl: {on: etcd-1, args: [endpoint, status], output: 2379}'],
  versions: 'The member’s own etcdctl, with ETCDCTL_API=3.',
  main: 'args',
  args: {
    args: { type: 'array', items: text, minItems: 1, description: 'as on the command line: [endpoint, status]' },
    on: { ...single, description: 'the member whose etcdctl it is, and that is asked' },
    output: { ...text, description: 'what its output must contain' },
    api: {
      type: 'integer',
      enum: [2, 3],
      description: 'the API that it speaks, 3 where nothing is said; up to 3.5 it has the old one as well',
    },
  },
  required: ['args'],
  result: { stdout: { is: 'text', description: 'what it printed' }, exitCode: { is: 'number', description: '0' } },
  timeoutMs: 30_000,
  check: ({ output }) =>
    output === undefined || normalise(output) !== ''
      ? []
      : [
          {
            rule: 'matches-everything',
            pointer: '/output',
            message: 'an empty text is part of every output',
            hint: 'say what it has to contain',
          },
        ],
  sentence: ({ args, on, api }) =>
    `etcdctl${api === 2 ? ' (API 2)' : ''} ${args.join(' ')}${on === undefined ? '' : ` on ${String(on)}`}`,
  keepsKnown: true,
  follow({ args }, state, { fails }) {
    if (!fails && args.some((arg, i) => arg === 'auth' && args[i + 1] === 'enable')) state.authenticates();
  },
  runbook({ args, on, output, api }, state) {
    const target = asked(on, state);
    return {
      before: target.explained,
      commands: [
        {
          text: `${api === 2 ? 'ETCDCTL_API=2 ' : ''}${typed(state, target, ...withoutPassword(args, state.auth).map(quote))}`,
        },
      ],
      see: output === undefined ? [] : [`Its output contains \`${output}\`.`],
    };
  },
  async run({ args, on, output, api = 3 }, context) {
    const { member, spec } = await askedMember(on, context);
    if (api === 2 && atLeast(spec.version, '3.6')) {
      throw new Unmet(`${member} runs etcd ${spec.version}, whose etcdctl speaks API 3 only: API 2 ended with 3.5`);
    }
    const endpoints = `--endpoints=${url(PLAIN, '127.0.0.1', PORTS.client)}`;
    const { stdout, exitCode } = await runTool(context, `etcdctl on ${member}`, async (limit) => {
      const answer = await context.cluster.execute(member, ['etcdctl', endpoints, ...args], {
        ...limit,
        api,
      });
      // Before anything is made of it: what it says when it fails is told as well.
      context.secrecy.learn(answer.stdout);
      return answer;
    });
    if (output !== undefined && !normalise(stdout).includes(normalise(output))) {
      throw new Unmet('etcdctl printed something else', [
        { subject: `output on ${member}`, expected: `contains "${output}"`, actual: printed(stdout, context.secrecy) },
      ]);
    }
    if (stdout.trim() !== '') context.printed(printed(stdout, context.secrecy));
    return { stdout, exitCode: String(exitCode) };
  },
});

/** Lines as they are; where values are hidden nobody can tell them from the rest. */
function printed(stdout: string, secrecy: Secrecy): string {
  const text = stdout.trim();
  if (text === '') return 'nothing';
  return secrecy.hidesValues ? secrecy.shown(text) : text;
}
