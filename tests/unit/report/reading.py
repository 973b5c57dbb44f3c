"""Reading a page back as a reader would: its texts, places, links and numbers."""

import html
import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect", "circle"}
NUMBER = re.compile(r"[+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?")


class PageReader(HTMLParser):
    """Collects ids, targets, attributes and texts; ``text`` leaves drawings out, ``drawn`` is what stands in them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.ids, self.targets, self.attributes, self.tags = [], [], [], []
        self.open, self._text, self._drawn = [], [], []
        self._visible, self._alone = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self.ids += [value for name, value in attributes if name == "id"]
        self.targets += [value for name, value in attributes if name in {"href", "aria-labelledby"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.open:
            assert self.open[-1] == tag, f"{tag} closed inside {self.open[-1]}"
            self.open.pop()

    def handle_data(self, data):
        if "style" not in self.open and "title" not in self.open:
            if "script" not in self.open:
                self._visible.append(data)
                if "svg" not in self.open:
                    self._alone.append(data)
            (self._drawn if "svg" in self.open else self._text).append(data)

    @property
    def text(self):
        return " ".join(" ".join(self._text).split())

    @property
    def visible(self):
        """Texts and drawings alike, without data and scripts."""
        return " ".join(" ".join(self._visible).split())

    @property
    def text_alone(self):
        """Texts without drawings, data and scripts."""
        return " ".join(" ".join(self._alone).split())

    @property
    def drawn(self):
        return " ".join(" ".join(self._drawn).split())


def numbers_in(text):
    """Every number of a text as it is written, signs and decimals included."""
    return {found.rstrip(",") for found in NUMBER.findall(html.unescape(text))}
