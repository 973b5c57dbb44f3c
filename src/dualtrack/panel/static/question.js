// One question of a task: its answers, a comment, and after a failing answer the failure modes and the passages.

const MANY_MODES = 12;

function questionView(t, q, tools) {
  const question = questionOf(t, q);
  const answer = answerOf(t, q);
  const name = `q${q}`;
  const root = make('section', { class: 'question' });
  const given = make('span', { class: 'given' });
  const head = button('', () => tools.open(q, true), { class: 'head', 'aria-expanded': 'false', 'aria-controls': `${name}-body` });
  const total = pack.tasks[t].questions.length;
  head.append(make('span', { class: 'name', dir: 'auto' }, visible(question.title)),
    make('span', { class: 'of' }, say('task.question_place', { n: q + 1, total })), given);
  const body = make('div', { class: 'body', id: `${name}-body`, hidden: true });
  const message = make('p', { class: 'message', id: `${name}-message`, hidden: true });
  const extra = make('div', { class: 'extra' });
  const isNumber = question.choices.length === 0;

  function choose(level) {
    answer.level = level;
    if (state.tasks[t].status === 'open') state.tasks[t].status = 'draft';
    message.hidden = true;
    drawExtra();
    refresh();
    tools.changed();
  }

  const fields = make('fieldset', { class: 'levels' }, make('legend', { dir: 'auto' }, visible(question.ask)));
  if (isNumber) fields.append(...numberField());
  else {
    fields.append(...radios(name, [...question.choices, { ...cannotJudge(question), apart: true }], answer.level, choose));
  }

  function numberField() {
    const { least, most } = question;
    const hint = say('task.number_hint', { least, most });
    const last = cannotJudge(question);
    const input = make('input', { type: 'text', inputmode: 'decimal', id: name, autocomplete: 'off', 'aria-describedby': `${name}-hint` });
    const apart = make('input', { type: 'checkbox', id: `${name}-apart` });
    input.value = answer.level === null || answer.level === last.id ? '' : answer.level;
    apart.checked = answer.level === last.id;
    input.addEventListener('input', () => {
      const typed = input.value.trim().replace(',', '.');
      const number = typed === '' ? NaN : Number(typed);
      const right = Number.isFinite(number) && (least === null || number >= least) && (most === null || number <= most);
      apart.checked = false;
      choose(right ? String(number) : null);
      if (!right && typed !== '') complain(message, say('task.number_wrong', { least, most }));
    });
    apart.addEventListener('change', () => { input.value = ''; choose(apart.checked ? last.id : null); });
    return [
      make('div', { class: 'number' }, input, make('span', { id: `${name}-hint`, class: 'sub' }, hint)),
      make('label', { class: 'choice apart', for: `${name}-apart` }, apart, make('span', { dir: 'auto' }, visible(last.anchor))),
    ];
  }
  if (isNumber) fields.querySelector('input').setAttribute('aria-label', visible(question.title));

  const noteLabel = make('label', { for: `${name}-note`, class: 'sub' }, say('task.comment_label', { title: visible(question.title) }));
  const note = make('textarea', { id: `${name}-note`, rows: '3', dir: 'auto' });
  note.value = answer.comment;
  note.addEventListener('input', () => {
    answer.comment = wellFormed(note.value);
    if (state.tasks[t].status === 'open') state.tasks[t].status = 'draft';
    tools.changed();
  });
  const noteHint = make('span', { class: 'sub', id: `${name}-note-hint` }, say('task.comment_hint'));
  note.setAttribute('aria-describedby', noteHint.id);
  const noteBox = make('div', { class: 'note', hidden: answer.comment === '' }, noteLabel, note, noteHint);
  const noteButton = button(say('task.comment'), comment, { class: 'quiet-button', hidden: answer.comment !== '' });
  noteButton.append(key('C'));

  function comment() {
    noteBox.hidden = false;
    noteButton.hidden = true;
    note.focus();
  }

  const former = make('p', { class: 'sub', hidden: true });
  body.append(fields, message, former, extra, noteButton, noteBox);
  root.append(make('h3', {}, head), body);

  // ------------------------------------------------------------------ failure modes, severities, passages
  let modesBox = null;

  function drawExtra() {
    const wanted = asksModes(t, q);
    if (wanted && modesBox === null) { modesBox = modesField(); extra.append(modesBox.root); }
    if (!wanted && modesBox !== null) { modesBox.root.remove(); modesBox = null; }
    tools.showMarks(q);
  }

  function modesField() {
    const all = modesOf(question);
    const box = make('fieldset', { class: 'modes' }, make('legend', {}, say('modes.title')), make('p', { class: 'sub' }, say('modes.lead')));
    const rows = [];
    if (all.length > MANY_MODES) box.append(filterField(rows));
    for (const act of ['commission', 'omission']) {
      const group = all.filter((mode) => mode.act === act);
      if (group.length) {
        const inner = make('fieldset', { class: 'group' }, make('legend', {}, say(`modes.${act}`)));
        for (const mode of group) {
          const row = modeRow(mode, rows.length);
          rows.push(row);
          inner.append(row.root);
        }
        box.append(inner);
      }
    }
    const first = box.querySelector('input');
    const marks = make('div', { class: 'marks' });
    if (tools.marker) box.append(marks);
    const drawn = { root: box, rows, first, drawMarks: () => drawMarks(marks) };
    drawn.drawMarks();
    return drawn;
  }

  function filterField(rows) {
    const found = make('span', { class: 'sub', role: 'status' });
    const input = make('input', { type: 'search', id: `${name}-filter`, autocomplete: 'off' });
    input.addEventListener('input', () => {
      const sought = input.value.trim().toLocaleLowerCase();
      for (const row of rows) row.root.hidden = !row.title.includes(sought) && !row.input.checked;
      for (const group of modesBox.root.querySelectorAll('.group')) {
        group.hidden = [...group.querySelectorAll('.mode')].every((each) => each.hidden);
      }
      found.textContent = count('modes.found', rows.filter((row) => !row.root.hidden).length);
    });
    return make('div', { class: 'filter' }, make('label', { for: `${name}-filter`, class: 'sub' }, say('modes.filter')), input, found);
  }

  function modeRow(mode, i) {
    const input = make('input', { type: 'checkbox', id: `${name}-mode-${i}` });
    const title = visible(mode.title);
    const row = make('div', { class: 'mode' }, make('label', { class: 'choice', for: input.id }, input, make('span', { dir: 'auto' }, title)));
    const severity = make('div');
    row.append(severity);
    input.checked = answer.modes.includes(mode.id);
    const drawSeverity = () => {
      severity.replaceChildren();
      if (!input.checked || pack.severities.length === 0) return;
      severity.append(make('fieldset', { class: 'severity', 'data-mode': String(i) },
        make('legend', { class: 'sub' }, say('modes.severity'), make('span', { class: 'aloud' }, ` ${title}`)),
        ...radios(`${name}-severity-${i}`, pack.severities, answer.severities.get(mode.id), (level) => {
          answer.severities.set(mode.id, level);
          message.hidden = true;
          tools.changed();
        })));
    };
    input.addEventListener('change', () => {
      answer.modes = modesOf(question).map((each) => each.id)
        .filter((id) => (id === mode.id ? input.checked : answer.modes.includes(id)));
      drawSeverity();
      tools.changed();
    });
    drawSeverity();
    return { root: row, input, id: mode.id, title: title.toLocaleLowerCase(), severity };
  }

  function drawMarks(place) {
    const list = answer.spans.map((span) => make('li', {}, make('q', { dir: 'auto' }, tools.marker.words(span)),
      button('\u00d7', () => {
        tools.marker.remove(span);
        (place.querySelector('li button') || place.querySelector('button')).focus();
      }, { class: 'remove', 'aria-label': say('marks.remove', { text: tools.marker.words(span) }) })));
    const begin = button(say('marks.begin'), () => tools.marker.start(), { class: 'quiet-button', id: 'begin-marking' });
    begin.append(key('M'));
    place.replaceChildren(make('h4', {}, say('marks.title')), make('p', { class: 'sub' }, say('marks.how')),
      list.length ? make('ul', { class: 'plain' }, ...list) : make('p', { class: 'sub' }, say('marks.none')), begin);
  }

  // ------------------------------------------------------------------ what the task asks of a question
  function refresh() {
    given.textContent = answer.level === null ? '' : visible(anchorOf(question, answer.level));
    root.classList.toggle('answered', answer.level !== null);
    const was = answer.finished && answer.finished.level !== answer.level ? answer.finished.level : null;
    former.hidden = was === null;
    former.textContent = was === null ? '' : say('task.changed', { level: visible(anchorOf(question, was)) });
  }

  function focus() {
    const target = fields.querySelector('input:checked') || fields.querySelector('input');
    root.scrollIntoView({ block: 'nearest' });
    target.focus();
  }

  // Choose the answer at a place, from 0; -1 is "cannot judge".
  function choosePlace(place) {
    const inputs = [...fields.querySelectorAll('input')];
    if (isNumber) return false;
    const input = place < 0 ? inputs[inputs.length - 1] : inputs.slice(0, -1)[place];
    if (!input) complain(message, say('task.no_such_line', { last: inputs.length - 1 }));
    if (!input || input.disabled) return false;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event('change'));
    return true;
  }

  // What stands between here and going on: null, or a function that leads there.
  function owed() {
    if (answer.level === null) return () => { complain(message, message.hidden ? say('task.not_answered') : message.textContent); focus(); };
    const mode = severityOwed(t, q);
    if (mode === null) return null;
    return () => {
      complain(message, say('modes.severity_missing'));
      modesBox.rows.find((row) => row.id === mode).severity.querySelector('input').focus();
    };
  }

  function setOpen(open) {
    body.hidden = !open;
    head.setAttribute('aria-expanded', String(open));
    root.classList.toggle('open', open);
  }

  function lock() {
    for (const each of root.querySelectorAll('input, textarea, .quiet-button, .remove')) each.disabled = true;
  }

  return {
    root, head, setOpen, focus, choosePlace, owed, comment, refresh, lock, drawExtra,
    modesUntouched: () => modesBox !== null && answer.modes.length === 0 && !modesBox.root.contains(document.activeElement),
    focusModes: () => { modesBox.root.scrollIntoView({ block: 'nearest' }); modesBox.first.focus(); },
    hasModes: () => modesBox !== null,
    drawMarks: () => { if (modesBox !== null && tools.marker) modesBox.drawMarks(); },
  };
}
