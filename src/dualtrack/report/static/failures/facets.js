// Facets: what a row is in each of them, which rows pass, and how many there would be behind every choice.

// {id, title, values: [{id, title}], code: row -> number, places: number -> list of places in values, chosen: Set of places}
let facets = [];
let found = null; // per answer, whether the search found it; null without a search
let rows = []; // rows in the list, in the order in which they are read
const SHOWN_AT_FIRST = 8;

const one = (column, n) => ({ code: (row) => index.rows[column][row], places: Array.from({ length: n }, (_, place) => [place]) });
const named = (group, list) => list.map((id) => ({ id, title: id ? word(group, id) : say('none') }));

// A facet whose cells hold several words each.
function several(id, column, group) {
  const all = [...new Set(index.words[column].flat())].sort();
  const places = index.words[column].map((cell) => (cell.length ? cell.map((each) => all.indexOf(each)) : [all.length]));
  const values = [...named(group, all), { id: '', title: say('none') }];
  return { id, values, code: (row) => index.rows[column][row], places };
}

function makeFacets() {
  const metrics = index.words.metric;
  const tracks = [...new Set(metrics.map((each) => each[3]))];
  const nowhere = index.modes.length;
  const modes = index.words.modes.map((cell) => (cell.length ? cell : [nowhere]));
  facets = [
    { id: 'state', values: named('states', index.words.state), ...one('state', index.words.state.length), order: ['confirmed', 'open', 'failing', 'cleared', 'flagged', 'missing'] },
    { id: 'harm', values: named('harms', index.words.harm), ...one('harm', index.words.harm.length), order: [...index.words.harm].sort().reverse() },
    { id: 'system', values: index.words.system.map(([id, title]) => ({ id, title })), ...one('system', index.words.system.length) },
    { id: 'track', values: named('tracks', tracks), code: (row) => index.rows.metric[row], places: metrics.map((each) => [tracks.indexOf(each[3])]) },
    { id: 'metric', values: metrics.map(([id, code, title]) => ({ id, title: `${code} ${title}` })), ...one('metric', metrics.length), byTitle: true },
    { id: 'mode', values: [...index.modes.map(([id, title]) => ({ id, title })), { id: '', title: say('unnamed') }], code: (row) => index.rows.modes[row], places: modes },
    several('act', 'acts', 'acts'),
    several('source', 'sources', 'sources'),
    { id: 'risk', values: [{ id: '0', title: say('risk_no') }, { id: '1', title: say('risk_yes') }], ...one('risk', 2) },
    ...index.strata.map((name, place) => {
      const levels = [...new Set(index.levels[place])].sort();
      const at = index.levels[place].map((level) => levels.indexOf(level));
      return { id: `stratum.${name}`, title: name, values: levels.map((id) => ({ id, title: id || say('none') })), code: (row) => at[itemOf(row)], places: levels.map((_, code) => [code]) };
    }),
  ].map((facet) => ({
    ...facet, title: facet.title || say(`facets.${facet.id}`), chosen: new Set(), counts: [],
    codes: new Uint32Array(index.n),
  }));
  for (const { code, codes } of facets) for (let row = 0; row < index.n; row += 1) codes[row] = code(row); // quicker than Uint32Array.from
  for (const facet of facets) {
    facet.inOrder = facet.values.map((_, place) => place);
    if (facet.order) facet.inOrder.sort((a, b) => facet.order.indexOf(facet.values[a].id) - facet.order.indexOf(facet.values[b].id));
    if (facet.byTitle) facet.inOrder.sort((a, b) => facet.values[a].title.localeCompare(facet.values[b].title));
  }
}

// One walk over all rows: a row counts behind a choice when every other facet lets it pass.
function recount() {
  const n = facets.length;
  const active = facets.map((facet) => facet.chosen.size > 0);
  const passes = facets.map((facet) => Uint8Array.from(facet.places, (list) => (facet.chosen.size === 0 || list.some((place) => facet.chosen.has(place)) ? 1 : 0)));
  const tally = facets.map((facet) => new Uint32Array(facet.places.length));
  const codes = facets.map((facet) => facet.codes);
  const narrowed = facets.map((_, f) => f).filter((f) => active[f]);
  rows = [];
  for (let row = 0; row < index.n; row += 1) {
    if (found !== null && !found[index.response[row]]) continue;
    let misses = 0;
    let missed = -1;
    for (const f of narrowed) {
      if (!passes[f][codes[f][row]]) { misses += 1; missed = f; if (misses > 1) break; }
    }
    if (misses === 1) tally[missed][codes[missed][row]] += 1;
    if (misses > 0) continue;
    rows.push(row);
    for (let f = 0; f < n; f += 1) tally[f][codes[f][row]] += 1;
  }
  facets.forEach((facet, f) => {
    facet.counts = new Uint32Array(facet.values.length);
    facet.places.forEach((list, code) => { for (const place of list) facet.counts[place] += tally[f][code]; });
  });
}

function choice(facet, place) {
  const value = facet.values[place];
  const box = make('input', { type: 'checkbox' });
  box.checked = facet.chosen.has(place);
  box.addEventListener('change', () => {
    if (box.checked) facet.chosen.add(place); else facet.chosen.delete(place);
    page = 0;
    changed();
  });
  const number = make('span', { class: 'number' });
  facet.boxes.push({ place, box, number });
  return make('label', { class: 'choice' }, box, make('span', { dir: 'auto' }, visible(value.title)), number);
}

function drawFacets() {
  const place = by('facets');
  place.replaceChildren(...facets.map((facet) => {
    facet.boxes = [];
    const choices = facet.inOrder.map((each) => choice(facet, each));
    const body = choices.slice(0, SHOWN_AT_FIRST);
    if (choices.length > SHOWN_AT_FIRST) {
      body.push(make('details', {}, make('summary', {}, say('more', { n: count(choices.length - SHOWN_AT_FIRST) })), ...choices.slice(SHOWN_AT_FIRST)));
    }
    return make('fieldset', {}, make('legend', {}, visible(facet.title)), ...body);
  }));
}

// Numbers and ticks in place, so that the focus stays where it is.
function markFacets() {
  for (const facet of facets) {
    for (const { place, box, number } of facet.boxes) {
      box.checked = facet.chosen.has(place);
      number.textContent = count(facet.counts[place]);
      box.parentElement.classList.toggle('empty', facet.counts[place] === 0 && !box.checked);
    }
  }
}
