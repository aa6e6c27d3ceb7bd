/** A small strict reader of XML and the shape of JUnit's schema (junit-10), so that the test needs no tool on the machine. */

export interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

const SHAPE: Record<string, { attributes: string[]; required: string[]; children: string[] }> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], required: [], children: ['testsuite'] },
  testsuite: {
    attributes: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname', 'file'],
    required: ['name', 'tests', 'failures', 'errors'],
    children: ['testcase', 'system-out'],
  },
  testcase: {
    attributes: ['name', 'classname', 'time', 'file', 'line'],
    required: ['name'],
    children: ['failure', 'error', 'skipped', 'system-out'],
  },
  failure: { attributes: ['type', 'message'], required: [], children: [] },
  error: { attributes: ['type', 'message'], required: [], children: [] },
  skipped: { attributes: ['type', 'message'], required: [], children: [] },
  'system-out': { attributes: [], required: [], children: [] },
};

/** Reads a document; throws where it is not well-formed. */
export function parseXml(text: string): Node {
  // eslint-disable-next-line no-control-regex -- XML 1.0 does not allow them
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text))
    throw new Error('a character that XML does not allow');
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  for (const [token] of body.matchAll(/<[^>]*>?|[^<]+/g)) {
    const top = open[open.length - 1] as Node;
    if (!token.startsWith('<')) top.text += unescaped(token);
    else if (token.startsWith('</')) {
      if (token !== `</${top.name}>` || open.length === 1) throw new Error(`unexpected ${token}`);
      open.pop();
    } else {
      const node = readTag(token);
      top.children.push(node);
      if (!token.endsWith('/>')) open.push(node);
    }
  }
  const [only] = root.children;
  if (open.length !== 1 || root.children.length !== 1 || !only || root.text.trim() !== '')
    throw new Error('not one root');
  return only;
}

function readTag(token: string): Node {
  const match = /^<([a-z][a-z-]*)((?: [a-z]+="[^"<]*")*)\/?>$/.exec(token);
  if (!match) throw new Error(`not a tag: ${token}`);
  const attributes: Record<string, string> = {};
  for (const [, key = '', value = ''] of (match[2] ?? '').matchAll(/ ([a-z]+)="([^"]*)"/g)) {
    if (key in attributes) throw new Error(`twice: ${key}`);
    attributes[key] = unescaped(value);
  }
  return { name: match[1] ?? '', attributes, children: [], text: '' };
}

function unescaped(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text) || text.includes(']]>')) throw new Error(`not escaped: ${text}`);
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(
    /&([a-z]+|#\d+);/g,
    (_, name: string) => named[name] ?? String.fromCharCode(Number(name.slice(1))),
  );
}

/** What the schema does not allow, in words. */
export function schemaErrors(node: Node, parent = ''): string[] {
  const shape = SHAPE[node.name];
  if (!shape) return [`${parent}: unknown element ${node.name}`];
  const errors: string[] = [];
  for (const key of Object.keys(node.attributes))
    if (!shape.attributes.includes(key)) errors.push(`${node.name}: unknown ${key}`);
  for (const key of shape.required) if (!(key in node.attributes)) errors.push(`${node.name}: no ${key}`);
  for (const key of ['tests', 'failures', 'errors', 'skipped', 'line']) {
    if (key in node.attributes && !/^\d+$/.test(node.attributes[key] ?? ''))
      errors.push(`${node.name}: ${key} is no number`);
  }
  if ('time' in node.attributes && !/^\d+\.\d{3}$/.test(node.attributes.time ?? '')) errors.push(`${node.name}: time`);
  for (const child of node.children) {
    if (!shape.children.includes(child.name)) errors.push(`${node.name}: no ${child.name} here`);
    errors.push(...schemaErrors(child, node.name));
  }
  if (shape.children.length > 0 && node.text.trim() !== '') errors.push(`${node.name}: text`);
  return errors;
}
