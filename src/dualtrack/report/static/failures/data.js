// The data that the page carries: letters back to bytes, bytes back to JSON, chunk by chunk and only when it is needed.

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~';
const VALUE = new Uint8Array(128);
for (let i = 0; i < LETTERS.length; i += 1) VALUE[LETTERS.charCodeAt(i)] = i;
const MOST_KEPT = 12;

function bytesOf(text) {
  const extra = (5 - (text.length % 5)) % 5;
  const bytes = new Uint8Array(Math.ceil(text.length / 5) * 4);
  let at = 0;
  for (let i = 0; i < text.length; i += 5) {
    let sum = 0;
    for (let k = i; k < i + 5; k += 1) sum = sum * 85 + (k < text.length ? VALUE[text.charCodeAt(k)] : 84);
    bytes[at] = sum / 16777216;
    bytes[at + 1] = sum >>> 16;
    bytes[at + 2] = sum >>> 8;
    bytes[at + 3] = sum;
    at += 4;
  }
  return bytes.subarray(0, bytes.length - extra);
}

// The list begins while the browser still reads the chunks; whoever wants one waits until all of the page is there.
const whole = new Promise((go) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', go, { once: true }); else go();
});

async function unpacked(id) {
  if (!by(id)) await whole;
  const stream = new Blob([bytesOf(JSON.parse(by(id).textContent))]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

let index = null;
const kept = new Map(); // name of a chunk -> promise of its records, the last used at the end

function chunk(kind, number) {
  const name = `${kind}-${number}`;
  const found = kept.get(name) || unpacked(name);
  kept.delete(name);
  kept.set(name, found);
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
  return found;
}

const promptOf = async (row) => (await chunk('prompts', Math.floor(itemOf(row) / index.chunk)))[itemOf(row) % index.chunk];

// A judgement as it travels is a number, or a list that begins with one; what it stands for is told once.
function judgement(entry) {
  const [number, spans, unit, comment] = Array.isArray(entry) ? [...entry, '', ''] : [entry, [], '', ''];
  const [source, probe, level, outcome, mode, reason] = index.said[number];
  const [kind, who] = index.sources[source];
  const pairs = [];
  for (let i = 0; i + 1 < spans.length; i += 2) pairs.push([spans[i], spans[i + 1]]);
  return { kind, who, probe, level, outcome, modes: mode.split(' ').filter((each) => each), reason, spans: pairs, unit, comment };
}

async function answerOf(row) {
  const number = index.response[row];
  const { t, j, r } = await chunk('answers', Math.floor(number / index.chunk));
  const place = number % index.chunk;
  return { text: t[place], said: j[place].map(judgement), rulings: r[place] || [] };
}

const itemOf = (row) => index.prompt[index.response[row]];

// One name for one failure, the same in every page made from the same results: what a link can hold.
function nameOf(row) {
  return [index.words.system[index.rows.system[row]][0], index.items[itemOf(row)], index.rows.sample[row], index.words.metric[index.rows.metric[row]][0]]
    .map((part) => encodeURIComponent(part)).join('/');
}

function rowNamed(name) {
  const parts = name.split('/').map((part) => { try { return decodeURIComponent(part); } catch { return ''; } });
  const system = index.words.system.findIndex((each) => each[0] === parts[0]);
  const item = index.items.indexOf(parts[1]);
  const metric = index.words.metric.findIndex((each) => each[0] === parts[3]);
  if (system < 0 || item < 0 || metric < 0) return -1;
  for (let row = 0; row < index.n; row += 1) {
    if (index.rows.metric[row] === metric && index.rows.system[row] === system && itemOf(row) === item && String(index.rows.sample[row]) === parts[2]) return row;
  }
  return -1;
}

// Full-text search: every word must stand in the prompt, the answer or a comment. Says how far it is.
async function search(text, told, stopped) {
  const wanted = text.toLowerCase().split(/\s+/).filter((each) => each);
  const n = index.prompt.length;
  const hit = new Uint8Array(n);
  const prompts = [];
  const last = Math.ceil(index.items.length / index.chunk);
  for (let c = 0; c < last; c += 1) {
    for (const each of await unpacked(`prompts-${c}`)) {
      prompts.push([each.p, each.c, ...(each.u || []).map((turn) => turn[1])].filter((part) => part).join('\n').toLowerCase());
    }
    if (stopped()) return null;
  }
  const chunks = Math.ceil(n / index.chunk);
  for (let c = 0; c < chunks; c += 1) {
    const first = c * index.chunk;
    const { t, j } = await unpacked(`answers-${c}`);
    t.forEach((told_, i) => {
      const comments = j[i].filter((each) => Array.isArray(each) && each[3]).map((each) => each[3]);
      const whole = [told_ || '', ...comments].join('\n').toLowerCase();
      const prompt = prompts[index.prompt[first + i]];
      hit[first + i] = wanted.every((part) => whole.includes(part) || prompt.includes(part)) ? 1 : 0;
    });
    if (stopped()) return null;
    if (c % 20 === 19) { told((c + 1) / chunks); await new Promise((go) => { setTimeout(go, 0); }); }
  }
  return hit;
}
