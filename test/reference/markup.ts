/** Reads markup: with the browser's XML parser where there is one, else with a reader of tags that refuses what is not well formed. */

export class Markup {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Markup[] = [];
  text = '';

  constructor(name: string, attributes: Record<string, string>) {
    this.name = name;
    this.attributes = attributes;
  }

  /** This element and all inside. */
  all(): Markup[] {
    return [this, ...this.children.flatMap((child) => child.all())];
  }
}

/** @throws Error where it is not well formed */
export function readMarkup(source: string): Markup {
  return typeof DOMParser === 'undefined' ? readTags(source) : readDocument(source);
}

function readDocument(source: string): Markup {
  const { documentElement: root } = new DOMParser().parseFromString(source, 'image/svg+xml');
  const error = root.querySelector('parsererror');
  if (error || root.nodeName === 'parsererror') throw new Error((error ?? root).textContent);
  return copied(root);
}

function copied(element: Element): Markup {
  const attributes = Object.fromEntries(Array.from(element.attributes, ({ name, value }) => [name, value]));
  const copy = new Markup(element.nodeName, attributes);
  copy.text = element.textContent;
  copy.children.push(...Array.from(element.children, copied));
  return copy;
}

const TOKEN = /<(\/?)([\w-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<>]+)/y;

function readTags(source: string): Markup {
  const open: Markup[] = [new Markup('', {})];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const before = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Error(`not well formed: ${source.slice(before, before + 60)}`);
    const [, closing, name, attributes, empty, text] = match as (string | undefined)[];
    if (text !== undefined) {
      for (const element of open) element.text += unescaped(text);
    } else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`not well formed: </${name}> closes nothing`);
    } else {
      const element = new Markup(name!, attributesOf(attributes!));
      open.at(-1)!.children.push(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length !== 1 || open[0].children.length !== 1) throw new Error('not well formed: not one element');
  return open[0].children[0];
}

function attributesOf(source: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(source.matchAll(/([\w:-]+)="([^"]*)"/g), ([, name, value]) => [name, unescaped(value)]),
  );
}

function unescaped(text: string): string {
  if (/&(?!(amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`not well formed: ${text}`);
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text))
    throw new Error('not well formed: a character that XML has no way to write');
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => names[name]);
}
