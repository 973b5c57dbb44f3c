// Small tools that build elements. Strings always become text nodes; nothing here reads markup.

function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

function button(text, act, attributes = {}) {
  const made = make('button', { type: 'button', ...attributes }, text);
  made.addEventListener('click', act);
  return made;
}

const key = (letter) => make('kbd', { 'aria-hidden': 'true' }, letter);

// Texts of the pack keep their lines; the direction of reading is found from their own letters.
const asWritten = (text, attributes = {}) => make('p', { class: 'as-written', dir: 'auto', ...attributes }, visible(text));

// Said by a screen reader; of several things in a row the last is said.
let sayLater = 0;

function aloud(text) {
  const place = document.getElementById('aloud');
  place.textContent = '';
  window.clearTimeout(sayLater);
  sayLater = window.setTimeout(() => { place.textContent = text; }, 30);
}

// A message beside what it is about; it is read aloud as well.
function complain(place, text) {
  place.textContent = text;
  place.hidden = false;
  place.scrollIntoView({ block: 'nearest' });
  aloud(text);
}

function dialog(title, content, attributes = {}) {
  const heading = make('h2', { id: 'dialog-title', tabindex: '-1' }, title);
  const made = make('dialog', { 'aria-labelledby': 'dialog-title', ...attributes }, heading, ...content);
  const back = document.activeElement;
  made.addEventListener('close', () => {
    made.remove();
    if (document.activeElement !== document.body) return; // the browser, or a new page, has already placed it
    (back && back.isConnected && back !== document.body ? back : document.querySelector('#place h1, #start')).focus();
  });
  document.body.append(made);
  tick();
  made.showModal();
  return made;
}

function radios(name, choices, chosen, act) {
  return choices.map((choice, i) => {
    const input = make('input', { type: 'radio', name, id: `${name}-${i}`, value: String(i) });
    input.checked = choice.id === chosen;
    input.addEventListener('change', () => act(choice.id));
    const label = make('label', { class: choice.apart ? 'choice apart' : 'choice', for: input.id }, input,
      make('span', { dir: 'auto' }, visible(choice.anchor)));
    if (choice.apart) label.append(key('0'));
    return label;
  });
}
