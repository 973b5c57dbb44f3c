// Text from outside as characters (code points), and what of it must be shown in another way to be seen.

const pack = JSON.parse(document.getElementById('pack').textContent);
const words = new Map(Object.entries(JSON.parse(document.getElementById('words').textContent)));

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ud800-\udfff]/u;
const KEPT = new Set(['\n', '\t', '\u200c', '\u200d', '\u00ad']);

// A sentence of the catalogue with its places filled; what is filled in is never read as a sentence of its own.
function say(name, facts = {}) {
  if (!words.has(name)) throw new Error(`no words for ${name}`);
  return words.get(name).replace(/\{([a-z_]+)\}/g, (_, place) => String(facts[place]));
}

function count(name, n) {
  return say(`${name}_${n === 1 ? 'one' : 'many'}`, { n });
}

// How one character is shown: as itself, or as a visible mark where it would steer or hide text.
function shown(point, next) {
  if (!UNSEEN.test(point) || KEPT.has(point)) return point;
  if (point === '\r') return next === '\n' ? '' : '\n';
  const code = point.codePointAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '\u2421' : `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}

function visible(text) {
  const points = Array.from(text);
  return points.map((point, i) => shown(point, points[i + 1])).join('');
}

// What a rater typed, without halves of characters, which no file can hold.
function wellFormed(text) {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}

// Parts of a text as [start, end) in code points: words, or sentences. Browsers know where both end in many languages;
// where one does not, blanks and line ends divide.
function parts(text, kind) {
  const known = typeof Intl.Segmenter === 'function';
  const pieces = known ? new Intl.Segmenter(pack.language, { granularity: kind }).segment(text)
    : text.split(kind === 'word' ? /(\s+)/ : /(\n+)/).map((segment) => ({ segment, isWordLike: /\S/.test(segment) }));
  const found = [];
  let at = 0;
  for (const piece of pieces) {
    const length = Array.from(piece.segment).length;
    if (kind === 'sentence' || piece.isWordLike) found.push([at, at + length]);
    at += length;
  }
  return found;
}

function duration(hours) {
  if (hours < 1.25) return say('durations.minutes', { n: Math.max(5, Math.round(hours * 12) * 5) });
  const rounded = hours >= 3 ? Math.round(hours) : Math.round(hours * 2) / 2;
  return say(rounded === 1 ? 'durations.hour' : 'durations.hours', { n: rounded });
}

function clockTime(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? visible(iso) : date.toLocaleString(pack.language, { dateStyle: 'medium', timeStyle: 'short' });
}
