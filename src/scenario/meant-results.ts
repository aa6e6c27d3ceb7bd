/** A plain text that is the name of a result: the result itself is meant. */
import type { Problem } from '../errors';
import type { JsonSchema } from '../steps/schema';
import type { LoadContext } from './load-context';
import { children, type Node, type ScalarNode } from './node';

/** The problems, with what is meant where a wrong text names a result that is there. */
export function withMeantResults(
  problems: readonly Problem[],
  args: Node,
  schema: JsonSchema,
  context: LoadContext,
): Problem[] {
  if (problems.length === 0) return [];
  const scalars = scalarsIn(args, schema);
  return problems.map((problem) => {
    const at = scalars.find(([{ source = context.source, start }]) => {
      const { line, column } = source.place(start);
      return source.path === problem.place.file && line === problem.place.line && column === problem.place.column;
    });
    const meant = at && resultMeant(...at, context);
    return meant === undefined ? problem : { ...problem, hint: `did you mean \`\${${meant}}\`?` };
  });
}

function scalarsIn(node: Node, schema: JsonSchema | undefined): [ScalarNode, JsonSchema][] {
  if (!schema) return [];
  if (node.kind === 'scalar') return [[node, schema]];
  return children(node, schema).flatMap(([child, inner]) => scalarsIn(child, inner));
}

/** `results.session.id` of `session` and of `results.session.id` without its braces. */
function resultMeant({ text }: ScalarNode, { names, type }: JsonSchema, { results }: LoadContext): string | undefined {
  const [name = '', ...path] = text.replace(/^results\./, '').split('.');
  const fields = Object.entries(results.stepOf(name)?.result ?? {});
  if (fields.length === 0) return undefined;
  if (path.length > 0) return ['results', name, ...path].join('.');
  const field = fields.find(([, { is }]) => (is === 'names') === (names !== undefined))?.[0];
  if (field === undefined) return undefined;
  const isList = names === undefined || type?.includes('array') === true;
  return `results.${name}.${field}${isList ? '' : '.0'}`;
}
