// What tests ask of a page that is open. Each is a function of its own, picked by name.
({
  // Ink on paper of every text that can be seen: contrast as WCAG 2.2 defines it, the least for each pair of colours.
  contrast() {
    const parse = (text) => { const found = text.match(/^rgba?\(([^)]+)\)$/); if (!found) return null; const p = found[1].split(',').map(Number); return [p[0], p[1], p[2], p.length > 3 ? p[3] : 1]; };
    const light = (colour) => { const l = colour.map((v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2]; };
    const over = (top, under) => [0, 1, 2].map((k) => top[k] * top[3] + under[k] * (1 - top[3]));
    const grounds = new Map();
    const ground = (element) => {
      if (!element) return parse(getComputedStyle(document.documentElement).backgroundColor)[3] ? null : [255, 255, 255];
      if (!grounds.has(element)) {
        const own = parse(getComputedStyle(element).backgroundColor);
        grounds.set(element, own[3] === 1 ? own.slice(0, 3) : over(own, ground(element.parentElement)));
      }
      return grounds.get(element);
    };
    const pairs = {};
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || element.closest('script, style, title, desc') || !element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const said = element.closest('svg') ? style.fill : style.color;
      const paper = ground(element);
      const ink = parse(said) ? over(parse(said), paper) : null;
      const [a, b] = ink ? [light(ink), light(paper)] : [0, 0];
      pairs[`${said} on rgb(${paper.join(', ')})`] = ink ? (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) : 0;
    }
    return pairs;
  },

  // Everything that takes the focus, in the order of reading; from now on what the focus reaches is noted.
  follow() {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
      .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true }));
    window.reached = [];
    document.addEventListener('focusin', ({ target }) => {
      const style = getComputedStyle(target);
      window.reached.push([all.indexOf(target), style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2, target.outerHTML.slice(0, 80)]);
    });
    return all.length;
  },

  reached() { return window.reached; },

  // What goes beyond the right edge of the window, wide tables in their boxes aside.
  beyond() {
    const width = document.documentElement.clientWidth;
    const parts = [...document.querySelectorAll('h1, h2, h3, h4, h5, p, li, dd, dt, summary, blockquote, caption > span')]
      .filter((each) => !each.closest('.skip') && each.checkVisibility() && each.getBoundingClientRect().right > width + 1).map((each) => each.textContent.slice(0, 40));
    return document.documentElement.scrollWidth > width ? ['the page itself', ...parts] : parts;
  },

  places() {
    const ids = [...document.querySelectorAll('[id]')].map((each) => each.id);
    const targets = [...document.querySelectorAll('a')].map((each) => each.getAttribute('href'));
    const labels = [...document.querySelectorAll('[aria-labelledby], [aria-describedby]')].flatMap((each) => [each.getAttribute('aria-labelledby'), each.getAttribute('aria-describedby')]).filter((each) => each);
    const regions = [...document.querySelectorAll('[role=region][aria-labelledby]')].map((each) => document.getElementById(each.getAttribute('aria-labelledby')).textContent.trim());
    return { ids, targets, labels, regions };
  },

  // A link at the beginning of each row to the end of its longest and its last cell; heads are numbered apart.
  thread() {
    let n = 0;
    document.querySelectorAll('table').forEach((table, t) => [...table.rows].forEach((row) => {
      const head = row.parentElement.tagName === 'THEAD';
      const cells = [...row.cells];
      const longest = cells.reduce((a, b) => (a.textContent.length >= b.textContent.length ? a : b));
      [...new Set([longest, cells.at(-1)])].forEach((cell, k) => {
        const id = head ? `head-${t}-${k}` : `row-${t}-${n}-${k}`;
        const link = document.createElement('a');
        link.setAttribute('href', `#${id}`);
        link.textContent = '.';
        cells[0].prepend(link);
        const end = document.createElement('span');
        end.id = id;
        end.textContent = '.';
        cell.append(end);
      });
      n += 1;
    }));
    return n;
  },

  // Tables that are wider than their box, as they are on paper.
  cut() {
    return [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => `${box.querySelector('table').innerText.slice(0, 60)} ${box.scrollWidth} > ${box.clientWidth}`);
  },
})
