import { parseDuration, sleep as pause } from '../clock';
import { duration, text } from './schema';
import { defineStep } from './step';

export const note = defineStep({
  name: 'note',
  summary: 'A sentence for the report and the runbook.',
  example: ['- note: From here on the disk of etcd-3 is lost.'],
  main: 'text',
  args: { text: { ...text, minLength: 1, description: 'the sentence' } },
  required: ['text'],
  timeoutMs: 0,
  sentence: ({ text: words }) => words.replace(/\s+/g, ' ').trim(),
  runbook: () => ({ commands: [] }),
  run: () => Promise.resolve(),
});

export const sleep = defineStep({
  name: 'sleep',
  summary: 'Waits. An `expect … within` is nearly always better.',
  example: ['- sleep: 2s'],
  main: 'time',
  args: { time: { ...duration, description: 'how long' } },
  required: ['time'],
  timeoutMs: 0,
  sentence: ({ time }) => `sleep ${time}`,
  runbook: ({ time }) => ({ commands: [{ text: `sleep ${(parseDuration(time) ?? 0) / 1000}` }] }),
  async run({ time }, context) {
    context.waitingFor(`${time} to pass`);
    await pause(parseDuration(time) ?? 0, context.signal);
  },
});
