/** The forms that a secret takes in texts of etcd, its tools, shells and reports: each of them is redacted. */

/** A shorter text is redacted as it is alone: its encodings would be found in every other text. */
const SHORTEST_ENCODED = 4;
/** The shortest line of a secret of several lines, and the shortest part before an ellipsis, that is redacted. */
const SHORTEST_PART = 4;

/** A secret as it is, escaped and encoded. */
export function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const plain = new Set([secret, ...[secret.trim(), ...lines].filter((part) => part.length >= SHORTEST_PART)]);
  const forms = new Set(plain);
  for (const text of plain) for (const form of escapedForms(text)) forms.add(form);
  if (secret.length >= SHORTEST_ENCODED) for (const form of encodedForms(secret)) forms.add(form);
  return [...forms];
}

/** As JSON, Go's `%q`, protobuf's text format and shells write it; a log line of JSON escapes each of them again. */
function escapedForms(text: string): string[] {
  const json = escapedAsJson(text);
  const ascii = json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const shell = text.replaceAll("'", "'\\''");
  const once = [text, json, ascii, shell, octalForm(json), octalForm(text)];
  const twice = once.map(escapedAsJson);
  return [...once, ...twice, ...once.map(goHtml), ...twice.map(goHtml)];
}

function escapedAsJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As protobuf's text format has it on etcd 3.3 to 3.6: bytes outside of ASCII are octal. */
function octalForm(text: string): string {
  const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;
  return [...Buffer.from(text)].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : octal(byte))).join('');
}

/** Go's encoding/json escapes what HTML gives a meaning. */
function goHtml(json: string): string {
  return json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

/** Base64 (by itself, and at any place within a longer text), hex, and as a part of a URL. */
function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret);
  const base64 = [0, 1, 2].map((before) => base64Within(bytes, before));
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const all = [whole, ...base64].filter((form) => form.length >= SHORTEST_PART);
  return [
    ...all,
    ...all.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    url,
    url.replaceAll('%20', '+'),
  ];
}

/** The characters of base64 that depend on the secret alone, where so many bytes stand before it. */
function base64Within(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(first, last);
}

/** A text that was cut, with an ellipsis, in the middle of a secret: what is left of the secret is redacted as well. */
export function redactCutOff(text: string, redacted: readonly { form: string; by: string }[]): string {
  if (!text.includes('…')) return text;
  const parts = text.split('…');
  return parts
    .map((part, i) => {
      const head = i === 0 ? part : withoutEnd(part, redacted);
      return i === parts.length - 1 ? head : withoutStart(head, redacted);
    })
    .join('…');
}

/** Without the beginning of a secret at the end of the text. */
function withoutStart(text: string, redacted: readonly { form: string; by: string }[]): string {
  for (const { form, by } of redacted) {
    for (let length = form.length - 1; length >= SHORTEST_PART; length--) {
      if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}${by}`;
    }
  }
  return text;
}

/** Without the end of a secret at the beginning of the text. */
function withoutEnd(text: string, redacted: readonly { form: string; by: string }[]): string {
  for (const { form, by } of redacted) {
    for (let length = form.length - 1; length >= SHORTEST_PART; length--) {
      if (text.startsWith(form.slice(-length))) return `${by}${text.slice(length)}`;
    }
  }
  return text;
}
