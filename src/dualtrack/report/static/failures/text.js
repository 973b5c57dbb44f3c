// Text from outside becomes text nodes and nothing else; what of it cannot be seen is shown in another way.

const words = JSON.parse(document.getElementById('words').textContent);
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ud800-\udfff]/u;
const KEPT = new Set(['\n', '\t', '\u200c', '\u200d', '\u00ad']);
const by = (id) => document.getElementById(id);
const NUMBER = new Intl.NumberFormat('en-GB');
const count = (n) => NUMBER.format(n);

// A sentence of the catalogue with its places filled; what is filled in is never read as a sentence of its own.
function say(name, facts = {}) {
  if (!(name in words)) throw new Error(`no words for ${name}`);
  return words[name].replace(/\{([a-z_]+)\}/g, (_, place) => String(facts[place]));
}

// A word of an open list, or the id itself in plain letters.
const word = (group, id) => (`${group}.${id}` in words ? words[`${group}.${id}`] : id.replaceAll('_', ' '));

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== null && value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

function shown(point) {
  if (!UNSEEN.test(point) || KEPT.has(point)) return point;
  const code = point.codePointAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

const visible = (text) => (UNSEEN.test(text) ? Array.from(text, shown).join('') : text);

// A text with passages marked. Places are code points of the text as it came; a JavaScript string counts otherwise.
function marked(text, spans) {
  const points = Array.from(text);
  const edges = new Set([0, points.length]);
  const inside = spans.map(([from, to]) => [Math.min(from, points.length), Math.min(to, points.length)]).filter(([from, to]) => from < to);
  for (const [from, to] of inside) { edges.add(from); edges.add(to); }
  const sorted = [...edges].sort((a, b) => a - b);
  const nodes = [];
  for (let i = 0; i + 1 < sorted.length; i += 1) {
    const [from, to] = [sorted[i], sorted[i + 1]];
    const part = document.createTextNode(visible(points.slice(from, to).join('')));
    nodes.push(inside.some((span) => span[0] <= from && to <= span[1]) ? make('mark', {}, part) : part);
  }
  return nodes;
}

const quoted = (text, spans = []) => make('blockquote', { class: 'as-written outside', dir: 'auto' }, ...marked(text, spans));
const button = (text, act, attributes = {}) => {
  const made = make('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
};
