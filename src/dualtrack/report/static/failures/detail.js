// One failure with everything that is known of it: prompt, thread, answer with the marked evidence, who said what.

const pair = (term, text) => (text ? [make('dt', {}, term), make('dd', { dir: 'auto' }, visible(text))] : []);
const titled = (title, ...children) => make('section', { class: 'part' }, make('h4', {}, title), ...children);

function facts(row) {
  const gates = index.words.gates[index.rows.gates[row]];
  const reason = index.words.reason[index.rows.reason[row]];
  const step = index.words.harm[index.rows.harm[row]];
  const strata = index.strata.map((name, place) => [name, index.levels[place][itemOf(row)]]).filter((each) => each[1]);
  return make('dl', { class: 'pairs' },
    make('dt', {}, say('facets.state')), make('dd', {}, stateMark(row), ' ', word('state_meanings', stateId(row))),
    ...pair(say('facets.harm'), step ? `${word('harms', step)} (${say(index.rows.from[row] ? 'harm_ruled' : 'harm_rated')})` : say('not_rated')),
    ...pair(say('facets.mode'), modesText(row) || say('unnamed')), ...pair(say('facets.act'), actsText(row)), ...pair(say('facets.source'), sourcesText(row)),
    ...pair(say('gates'), gates.join(', ')), ...pair(say('why_missing'), reason ? word('reasons', reason) : ''),
    ...pair(say('repeat_title'), count(index.rows.sample[row])),
    ...strata.flatMap(([name, level]) => pair(name, level)), ...pair(say('facets.risk'), index.rows.risk[row] ? say('risk_yes') : ''));
}

const aboutOf = (probe) => {
  const scale = index.scales[probe];
  if (scale) return [scale[0], ''];
  const dot = probe.indexOf('.');
  const metric = index.words.metric.find((each) => each[0] === probe.slice(0, dot));
  return [metric ? `${metric[1]} ${metric[2]}` : probe.slice(0, dot).replaceAll('_', ' '), say('check_name', { name: probe.slice(dot + 1) })];
};

function saidText({ probe, level, outcome, reason }) {
  if (level) {
    const scale = index.scales[probe];
    const anchor = scale ? scale[1][level] : '';
    return [level.replaceAll('_', ' '), anchor || ''];
  }
  return [word('outcomes', outcome || 'none'), reason ? word('reasons', reason) : ''];
}

function judgements(given) {
  if (!given.length) return make('p', { class: 'muted' }, say('no_judgements'));
  const line = (text) => (text ? make('span', { class: 'line', dir: 'auto' }, visible(text)) : null);
  const rows_ = given.map((each) => {
    const { kind } = each;
    const [title, check] = aboutOf(each.probe);
    const [said, more] = saidText(each);
    const ticked = each.modes.map((mode) => (index.modes.find((known) => known[0] === mode) || [mode, mode.replaceAll('_', ' ')])[1]).join('; ');
    return make('tr', {},
      make('th', { scope: 'row' }, make('span', { dir: 'auto' }, visible(kind === 'check' ? word('sources', kind) : each.who)), line(kind === 'check' ? check : word('sources', kind))),
      make('td', { class: 'wide' }, visible(title), line(each.unit ? say('part', { part: each.unit }) : '')),
      make('td', { class: 'wide' }, visible(said), line(more)),
      make('td', { class: 'wide' }, visible(ticked) || make('span', { class: 'muted' }, say('none'))),
      make('td', { class: 'wide', dir: 'auto' }, each.comment ? visible(each.comment) : make('span', { class: 'muted' }, say('no_comment'))));
  });
  const head = ['who', 'question', 'answer', 'ticked', 'comment'].map((each) => make('th', { scope: 'col' }, say(`columns.${each}`)));
  return make('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': say('judgements') },
    make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows_)));
}

function expected(given) {
  if (!given || !given.length) return null;
  const entries = given.map(([kind, text, critical, why]) => make('li', {}, make('strong', {}, `${word('expected', kind)}: `),
    make('span', { dir: 'auto' }, visible(kind === 'urgency' ? text.replaceAll('_', ' ') : text)), critical ? ` ${say('critical')}` : '',
    why ? make('span', { class: 'muted' }, ` (${visible(why.replaceAll('_', ' '))})`) : ''));
  return titled(say('expected_title'), make('ul', {}, ...entries));
}

function thread(prompt) {
  const turns = prompt.u || [];
  return [
    prompt.c ? titled(say('context'), quoted(prompt.c)) : null,
    turns.length ? titled(say('thread'), ...turns.flatMap(([who, said]) => [make('p', { class: 'sub' }, visible(who)), quoted(said)])) : null,
    titled(say('prompt'), prompt.p === null ? make('p', { class: 'quiet' }, say('no_text')) : quoted(prompt.p)),
  ].filter((each) => each);
}

function rulings(given, metric) {
  const mine = given.filter(([gate]) => gate.split('.')[0] === metric);
  if (!mine.length) return make('p', { class: 'muted' }, say('no_ruling'));
  return make('ul', {}, ...mine.map(([gate, kind, by_, role, at, reason]) => make('li', { dir: 'auto' },
    make('strong', {}, `${word('rulings', kind)}: `), `${visible(reason)} (${[by_, role, at, gate].map(visible).join(', ')})`)));
}

async function drawDetail(row) {
  const [answer, prompt] = await Promise.all([answerOf(row), promptOf(row)]);
  if (row !== open) return false;
  const [metric, , , , scale] = index.words.metric[index.rows.metric[row]];
  const harmScales = Object.keys(index.scales).filter((id) => Object.keys(index.scales[id][1]).some((level) => index.words.harm.includes(level) && level));
  const mine = answer.said.filter(({ probe }) => probe.startsWith(`${metric}.`) || (scale && probe === scale) || harmScales.includes(probe));
  const others = answer.said.filter((each) => !mine.includes(each));
  const evidence = mine.filter((each) => each.outcome !== 'pass').flatMap((each) => each.spans);
  const adjudicated = mine.filter((each) => each.kind === 'adjudicator');
  const heading = make('h3', { id: 'detail-title', tabindex: '-1', dir: 'auto' }, visible(`${systemText(row)}: ${metricText(row)}`));
  by('detail').replaceChildren(
    heading, make('p', { class: 'sub', dir: 'auto' }, say('case', { item: visible(index.items[itemOf(row)]) })), facts(row), ...thread(prompt),
    titled(say('answer'), answer.text === null ? make('p', { class: 'quiet' }, say('no_text')) : quoted(answer.text, evidence),
      make('p', { class: 'notes' }, say(evidence.length ? 'evidence' : 'no_evidence'))),
    expected(prompt.x) || '', titled(say('judgements'), judgements(mine)),
    titled(say('adjudication'), adjudicated.length ? judgements(adjudicated) : make('p', { class: 'muted' }, say('not_adjudicated')), rulings(answer.rulings, metric)),
    others.length ? make('details', {}, make('summary', {}, say('others', { n: count(others.length) })), judgements(others)) : '',
    make('div', { class: 'actions' }, button(say('close'), closeCase, { id: 'close' })));
  by('detail').hidden = false;
  return true;
}

async function openCase(row) {
  open = row;
  remember(true);
  drawList();
  if (await drawDetail(row)) by('detail-title').focus();
}

function closeCase() {
  const was = open;
  open = -1;
  by('detail').hidden = true;
  by('detail').replaceChildren();
  drawList();
  remember(true);
  const link = document.querySelector(`a[data-row="${was}"]`);
  (link || by('search')).focus();
}
