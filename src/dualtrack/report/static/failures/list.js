// The list: a real table of one page of rows, with its count, and the file that holds all of it.

const PAGE = 25;
let searching = 0;

const cell = (content, attributes = {}) => make('td', attributes, content);
const metricText = (row) => { const [, code, title] = index.words.metric[index.rows.metric[row]]; return `${code} ${title}`.trim(); };
const systemText = (row) => index.words.system[index.rows.system[row]][1];
const modesText = (row) => index.words.modes[index.rows.modes[row]].map((place) => index.modes[place][1]).join('; ');
const actsText = (row) => index.words.acts[index.rows.acts[row]].map((act) => word('acts', act)).join(', ');
const sourcesText = (row) => index.words.sources[index.rows.sources[row]].map((each) => word('sources', each)).join(', ');
const stateId = (row) => index.words.state[index.rows.state[row]];
const TONES = { confirmed: 'bad', open: 'open', failing: 'bad', cleared: 'good', flagged: 'none', missing: 'none' };
const SIGNS = { confirmed: '\u2716', open: '\u25b2', failing: '\u2716', cleared: '\u2714', flagged: '\u2691', missing: '\u25cb' };

function stateMark(row) {
  const id = stateId(row);
  return make('span', { class: `mark mark-${TONES[id] || 'none'}` }, make('span', { 'aria-hidden': 'true' }, `${SIGNS[id] || ''} `), word('states', id));
}

function harmText(row) {
  const step = index.words.harm[index.rows.harm[row]];
  return step || say('not_rated');
}

function drawRow(row) {
  const link = make('a', { href: `#case=${encodeURIComponent(nameOf(row))}`, 'data-row': row, dir: 'auto' }, visible(index.items[itemOf(row)]));
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openCase(row);
  });
  const sample = index.rows.sample[row] > 1 ? make('span', { class: 'line' }, say('repeat', { n: index.rows.sample[row] })) : null;
  const modes = modesText(row);
  return make('tr', { class: row === open ? 'current' : null },
    make('th', { scope: 'row', class: 'wide' }, link, sample),
    cell(stateMark(row)), cell(visible(harmText(row))), cell(visible(systemText(row))),
    cell(visible(metricText(row)), { class: 'wide' }), cell(visible(modes || say('unnamed')), { class: modes ? 'wide' : 'wide muted' }), cell(visible(actsText(row)) || say('none')));
}

function drawList() {
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  page = Math.min(page, pages - 1);
  by('rows').replaceChildren(...rows.slice(page * PAGE, (page + 1) * PAGE).map(drawRow));
  by('list').hidden = rows.length === 0;
  by('nothing').hidden = rows.length > 0;
  by('page').textContent = say('page', { n: count(page + 1), of: count(pages) });
  by('before').disabled = page === 0;
  by('next').disabled = page + 1 >= pages;
  by('csv').disabled = rows.length === 0;
  by('status').textContent = say(rows.length === index.n ? 'all' : 'some', { n: count(rows.length), of: count(index.n) });
}

function changed(isNew = false) {
  recount();
  markFacets();
  drawList();
  remember(isNew);
}

function turn(step) {
  page += step;
  drawList();
  remember(false);
  by('list').scrollIntoView({ block: 'nearest' });
}

async function runSearch(text, isNew) {
  searching += 1;
  const mine = searching;
  query = text.trim();
  found = null;
  if (query) {
    by('status').textContent = say('searching', { share: 0 });
    const hit = await search(query, (share) => { by('status').textContent = say('searching', { share: Math.floor(share * 100) }); }, () => mine !== searching);
    if (hit === null) return;
    found = hit;
  }
  if (isNew) page = 0;
  changed();
}

// ------------------------------------------------------------ the list as a file
const FORMULA = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/; // what a spreadsheet would run gets an apostrophe in front
function csvCell(text) {
  const told = FORMULA.test(text) ? `'${text}` : text;
  return `"${told.replaceAll('"', '""')}"`;
}

function csv() {
  const head = ['system', 'case', 'repeat', 'track', 'code', 'metric', 'state', 'worst_harm', 'failure_modes', 'acts', 'sources', 'high_risk', ...index.strata, 'link'];
  const lines = [head];
  for (const row of rows) {
    const [id, code, , track] = index.words.metric[index.rows.metric[row]];
    lines.push([
      index.words.system[index.rows.system[row]][0], index.items[itemOf(row)], String(index.rows.sample[row]), track, code, id, stateId(row),
      index.words.harm[index.rows.harm[row]], index.words.modes[index.rows.modes[row]].map((place) => index.modes[place][0]).join(' '),
      index.words.acts[index.rows.acts[row]].join(' '), index.words.sources[index.rows.sources[row]].join(' '), String(index.rows.risk[row]),
      ...index.levels.map((levels) => levels[itemOf(row)]), `failures.html#case=${encodeURIComponent(nameOf(row))}`,
    ]);
  }
  return `\ufeff${lines.map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function saveCsv() {
  const address = URL.createObjectURL(new Blob([csv()], { type: 'text/csv;charset=utf-8' }));
  const link = make('a', { href: address, download: 'failures.csv', hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 60000);
  by('status').textContent = say('saved', { n: count(rows.length) });
}
