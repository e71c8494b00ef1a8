import { SaxesParser } from 'saxes';
import { twimlRules, type ValueCheck } from './twiml-schema.ts';

/** TwiML that Twilio would not have run, with Twilio's error code. */
export class TwimlError extends Error {
  override readonly name = 'TwimlError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** An element of a TwiML document; `text` is all the words inside it. */
export interface TwimlElement {
  name: string;
  attributes: Record<string, string>;
  children: TwimlElement[];
  text: string;
  line: number;
}

/** Twilio reads at most this much TwiML (error 11750). */
export const maxTwimlBytes = 64 * 1024;

/** Twilio rings at most this many numbers in one Dial. */
const maxNumbersInDial = 10;

const xmlTypes = ['text/xml', 'application/xml', 'text/html'];

/**
 * Reads an answer to a webhook as Twilio does and checks it against the schema.
 * An empty document is a `<Response/>`: Twilio hangs up then.
 *
 * @throws TwimlError with Twilio's code: 11750 too large, 12100 no XML, 12200 outside the schema, 12300 wrong
 *   content type, 64101 a ConversationRelay attribute that is not known or not valid.
 */
export function parseTwiml(answer: { contentType: string | undefined; body: Buffer }): TwimlElement {
  if (answer.body.length > maxTwimlBytes) {
    throw new TwimlError(11750, `the TwiML has ${answer.body.length} bytes; Twilio reads ${maxTwimlBytes}`);
  }
  const type = (answer.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!xmlTypes.includes(type)) {
    throw new TwimlError(12300, `the content type is ${type === '' ? 'missing' : `"${type}"`}, not text/xml`);
  }
  const root = parseXml(answer.body.toString('utf8'));
  if (root.name !== 'Response') {
    throw new TwimlError(12100, `the document is a <${root.name}>, not a <Response>`);
  }
  check(root);
  return root;
}

function parseXml(xml: string): TwimlElement {
  const parser = new SaxesParser();
  const open: TwimlElement[] = [];
  let root: TwimlElement | undefined;
  parser.on('error', (error) => {
    throw new TwimlError(12100, `the answer is not XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new TwimlError(12100, 'the TwiML declares a document type');
  });
  parser.on('opentag', (tag) => {
    const element: TwimlElement = {
      name: tag.name,
      attributes: { ...tag.attributes },
      children: [],
      text: '',
      line: parser.line,
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (words: string): void => {
    for (const element of open) element.text += words;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  if (root === undefined) throw new TwimlError(12100, 'the answer is empty');
  return root;
}

function check(element: TwimlElement): void {
  const rule = twimlRules[element.name];
  const where = `<${element.name}> in line ${element.line}`;
  if (rule === undefined) throw new TwimlError(12200, `${where} is no verb that Twilio knows`);
  const attributeError = element.name === 'ConversationRelay' ? 64101 : 12200;
  for (const [name, value] of Object.entries(element.attributes)) {
    const valueCheck = rule.attributes[name];
    if (valueCheck === undefined) throw new TwimlError(attributeError, `${where} has no attribute "${name}"`);
    const problem = problemOf(valueCheck, value);
    if (problem !== undefined) {
      throw new TwimlError(attributeError, `${where}: ${name}="${value}" must be ${problem}`);
    }
  }
  for (const name of rule.required ?? []) {
    if (!element.attributes[name]) throw new TwimlError(attributeError, `${where} lacks "${name}"`);
  }
  for (const child of element.children) {
    if (!rule.children.includes(child.name)) {
      const why =
        twimlRules[child.name] === undefined ? 'is no verb that Twilio knows' : 'has no place there';
      throw new TwimlError(12200, `<${child.name}> inside ${where} ${why}`);
    }
    check(child);
  }
  const ownText = element.children.reduce((words, child) => words.replace(child.text, ''), element.text);
  if (!rule.text && ownText.trim() !== '') {
    throw new TwimlError(12200, `${where} holds the words "${ownText.trim().slice(0, 40)}"`);
  }
  const numbers = element.children.filter((child) => child.name === 'Number').length;
  if (numbers > maxNumbersInDial)
    throw new TwimlError(12200, `${where} rings ${numbers} numbers, 10 at most`);
}

function problemOf(valueCheck: ValueCheck, value: string): string | undefined {
  switch (valueCheck.is) {
    case 'text':
      return undefined;
    case 'integer':
      return /^-?\d+$/.test(value) ? undefined : 'a whole number';
    case 'one-of':
      return valueCheck.words.includes(value) ? undefined : `one of ${valueCheck.words.join(', ')}`;
    case 'some-of':
      return value.split(/\s+/).every((word) => valueCheck.words.includes(word))
        ? undefined
        : `some of ${valueCheck.words.join(', ')}, separated by spaces`;
    case 'pattern':
      return valueCheck.pattern.test(value) ? undefined : `like ${valueCheck.pattern.source}`;
  }
}
