// Passages of the answer, marked with a pointer or with the keyboard. Places are counted in characters (code points) of
// the text as it came, whatever of it had to be shown in another way.

function markable(title, text) {
  const root = make('div', { class: 'as-written response', id: 'response', dir: 'auto', tabindex: '-1', 'aria-labelledby': title });
  const points = Array.from(text);
  const origin = new WeakMap(); // text node -> where it begins in the text, and whether it stands for one character
  let spans = [];
  let act = () => {};
  let words_ = null;
  let firsts = []; // places of the first word of each sentence
  let cursor = null; // places of the first and last word of what is about to be marked

  function put(into, from, to) {
    let plain = '';
    let start = from;
    const flush = () => {
      if (!plain) return;
      const node = document.createTextNode(plain);
      origin.set(node, { start, one: false });
      into.append(node);
      plain = '';
    };
    for (let i = from; i < to; i += 1) {
      const seen = shown(points[i], points[i + 1]);
      if (seen === points[i]) {
        if (!plain) start = i;
        plain += seen;
      } else {
        flush();
        const node = document.createTextNode(seen);
        origin.set(node, { start: i, one: true });
        into.append(seen.startsWith('[U+') ? make('span', { class: 'unseen' }, node) : node);
      }
    }
    flush();
  }

  const ahead = () => (cursor === null ? null
    : [words_[Math.min(cursor.anchor, cursor.at)][0], words_[Math.max(cursor.anchor, cursor.at)][1]]);

  function draw() {
    root.replaceChildren();
    const now_ = ahead();
    const edges = new Set([0, points.length, ...spans.flat(), ...(now_ || [])]);
    const sorted = [...edges].sort((a, b) => a - b);
    for (let i = 0; i + 1 < sorted.length; i += 1) {
      const [from, to] = [sorted[i], sorted[i + 1]];
      const inside = (span) => span !== null && span[0] <= from && to <= span[1];
      let into = root;
      if (spans.some(inside)) { into = make('mark'); root.append(into); }
      if (inside(now_)) { const ring = make('span', { class: 'ahead' }); into.append(ring); into = ring; }
      put(into, from, to);
    }
  }

  function show(given, whenMarked) {
    spans = given;
    act = whenMarked;
    draw();
  }

  const words = (span) => visible(points.slice(span[0], span[1]).join(''));

  function add(from, to) {
    let [start, end] = [from, to];
    while (start < end && /\s/.test(points[start])) start += 1;
    while (end > start && /\s/.test(points[end - 1])) end -= 1;
    if (start === end) return false;
    const apart = spans.filter((span) => span[1] < start || end < span[0]);
    for (const span of spans.filter((each) => !apart.includes(each))) {
      start = Math.min(start, span[0]);
      end = Math.max(end, span[1]);
    }
    spans = [...apart, [start, end]].sort((a, b) => a[0] - b[0]);
    act(spans);
    draw();
    aloud(say('marks.marked', { text: words([start, end]) }));
    return true;
  }

  function remove(span) {
    spans = spans.filter((each) => each !== span);
    act(spans);
    draw();
    aloud(say('marks.removed'));
  }

  // What the rater has selected in the answer with a pointer, or null.
  function selected() {
    const selection = document.getSelection();
    if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!range.intersectsNode(root)) return null;
    let found = null;
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const { start, one } = origin.get(node);
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : node.length;
      if (range.intersectsNode(node) && from < to) {
        const place = (offset) => start + Array.from(node.data.slice(0, offset)).length;
        const span = one ? [start, start + 1] : [place(from), place(to)];
        found = found === null ? span : [found[0], span[1]];
      }
    }
    return found;
  }

  function markSelected() {
    const span = selected();
    if (span === null || !add(...span)) return false;
    document.getSelection().removeAllRanges();
    return true;
  }

  function start() {
    words_ = words_ || parts(text, 'word');
    if (words_.length === 0) return;
    firsts = firstWords();
    cursor = { at: 0, anchor: 0, back: document.activeElement };
    root.setAttribute('role', 'application');
    root.setAttribute('aria-roledescription', say('marks.title'));
    root.focus();
    move(0, false);
    aloud(`${say('marks.mode')} ${words(ahead())}`);
  }

  function end() {
    const { back } = cursor;
    cursor = null;
    root.removeAttribute('role');
    root.removeAttribute('aria-roledescription');
    draw();
    (back && back.isConnected && back !== document.body ? back : document.getElementById('begin-marking')).focus();
    aloud(say('marks.ended'));
  }

  function move(to, extends_) {
    cursor.at = Math.max(0, Math.min(words_.length - 1, to));
    if (!extends_) cursor.anchor = cursor.at;
    draw();
    const ring = root.querySelectorAll('.ahead');
    const last = cursor.at < cursor.anchor ? ring[0] : ring[ring.length - 1];
    if (last) last.scrollIntoView({ block: 'nearest' });
    aloud(words(ahead()));
  }

  function firstWords() {
    const found = [];
    let at = 0;
    for (const [start] of parts(text, 'sentence')) {
      while (at < words_.length && words_[at][0] < start) at += 1;
      if (at < words_.length && at !== found[found.length - 1]) found.push(at);
    }
    return found;
  }

  // The first word of the sentence before or after.
  function bySentence(step) {
    const here = words_[cursor.at][0];
    const behind = firsts.filter((at) => words_[at][0] < here);
    const before = firsts.filter((at) => words_[at][0] > here);
    if (step < 0) return behind.length ? behind[behind.length - 1] : 0;
    return before.length ? before[0] : words_.length - 1;
  }

  root.addEventListener('keydown', (event) => {
    if (cursor === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = {
      ArrowLeft: () => move(cursor.at - 1, event.shiftKey),
      ArrowRight: () => move(cursor.at + 1, event.shiftKey),
      ArrowUp: () => move(bySentence(-1), event.shiftKey),
      ArrowDown: () => move(bySentence(1), event.shiftKey),
      Home: () => move(0, event.shiftKey),
      End: () => move(words_.length - 1, event.shiftKey),
      Enter: () => { add(...ahead()); cursor.anchor = cursor.at; },
      Delete: () => unmarkHere(),
      Backspace: () => unmarkHere(),
      Escape: () => end(),
    };
    if (!steps[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    steps[event.key]();
  });

  function unmarkHere() {
    const [from, to] = words_[cursor.at];
    const span = spans.find((each) => each[0] < to && from < each[1]);
    if (span) remove(span);
  }

  root.addEventListener('focusout', () => { if (cursor !== null) end(); });

  draw();
  return { root, show, remove, words, selected, markSelected, start, marking: () => cursor !== null };
}
