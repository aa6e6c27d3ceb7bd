/** Every place of the published schema where a key may stand, each with a small drill that has it there. */
import { dump } from 'js-yaml';
import { editorSchema } from '../src/scenario/editor-schema';
import { MODIFIERS } from '../src/scenario/top-level';

export interface Place {
  /** `steps[].expect.log.member` */
  name: string;
  key: string;
  /** Keys of this map are the author's own: names of members, flags, variables. */
  isOwn: boolean;
  /** What the schema says of the value. */
  schema: Schema;
  /** A value that the schema takes. */
  value: unknown;
  /** The drill as YAML with this key and value in the place; a `|` stands before the key. */
  drill: (key: string, value: unknown) => string;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  pattern?: string;
  enum?: unknown[];
  required?: string[];
  minProperties?: number;
  maxProperties?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
  items?: Schema;
  then?: Schema;
  definitions?: { step: Schema };
}

type Map = Record<string, unknown>;
type Wrap = (value: unknown) => unknown;

const ROOT = editorSchema() as Schema;
const STEP = ROOT.definitions?.step ?? {};
/** What stands for the keys of a map that are the author's own. */
export const OWN_KEY = 'etcd-9';
const MARK = 'HERE';

export function allPlaces(): Place[] {
  const rest = { members: ['etcd-1'], name: 'A drill', steps: [{ note: 'x' }] };
  return [
    ...placesIn(ROOT, '', { ...rest }, (top) => top),
    ...placesIn(STEP, 'steps[]', {}, (step) => ({ ...rest, steps: [step] })),
  ];
}

/** The places in a map; `beside` stands beside each key. */
function placesIn(schema: Schema, at: string, beside: Map, wrap: Wrap): Place[] {
  const open = schema.additionalProperties ? [[OWN_KEY, schema.additionalProperties] as const] : [];
  return [...Object.entries(schema.properties ?? {}), ...open].flatMap(([key, inner]) => {
    const isOnly = asked(schema).maxProperties === 1;
    const others = { ...(isOnly ? {} : without(beside, key)), ...besideModifier(schema, key) };
    const put = (name: string, value: unknown): unknown => wrap({ ...others, [name]: value });
    const name = at === '' ? key : `${at}.${key}`;
    const place: Place = {
      name,
      key,
      isOwn: open.length > 0,
      schema: inner,
      value: sample(inner),
      drill: (written, value) => dump(put(`${MARK}${written}`, value), { lineWidth: -1 }).replace(MARK, '|'),
    };
    return [place, ...below(inner, name, (value) => put(key, value))];
  });
}

function below(schema: Schema, at: string, wrap: Wrap): Place[] {
  if (schema.$ref !== undefined) return [];
  const value = sample({ ...schema, type: 'object' });
  const own = placesIn(schema, at, isMap(value) ? value : {}, wrap);
  return [...own, ...(schema.items ? below(schema.items, `${at}[]`, (item) => wrap([item])) : [])];
}

function without(map: Map, key: string): Map {
  return Object.fromEntries(Object.entries(map).filter(([one]) => one !== key));
}

/** A modifier stands beside an action. */
function besideModifier(schema: Schema, key: string): Map {
  return schema === STEP && key in (MODIFIERS.properties ?? {}) ? { get: 'foo' } : {};
}

/** The least that the schema takes. */
function sample(schema: Schema): unknown {
  if (schema.$ref !== undefined) return { note: 'x' };
  const types = [schema.type ?? []].flat();
  if (schema.enum) return schema.enum[0];
  if (types.includes('object') && Object.keys(asked(schema)).length > 0) return sampleMap(schema);
  if (types.includes('string')) return /\\\$/.test(schema.pattern ?? '\\$') ? '${vars.x}' : 'etcd-1';
  if (types.includes('array')) return [sample(schema.items ?? {})];
  return types.includes('integer') ? 1 : {};
}

function sampleMap(schema: Schema): Map {
  const { required = [], minProperties = 0 } = asked(schema);
  const { properties = { [OWN_KEY]: schema.additionalProperties || {} } } = schema;
  const optional = Object.keys(properties).filter((key) => !required.includes(key));
  const keys = [...required, ...optional.slice(0, Math.max(0, minProperties - required.length))];
  return Object.fromEntries(keys.map((key) => [key, sample(properties[key] ?? {})]));
}

/** What is asked of a map, where all of its keys are known. */
function asked({ then, required, minProperties }: Schema): Schema {
  if (then) return then;
  return { ...(required ? { required } : {}), ...(minProperties === undefined ? {} : { minProperties }) };
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
