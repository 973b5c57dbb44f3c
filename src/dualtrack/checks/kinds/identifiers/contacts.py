"""Identifiers by which a person is reached: telephone numbers, mailboxes, addresses on the net."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberMatcher, PhoneNumberType

from dualtrack.checks.base import Span
from dualtrack.checks.packaged import packaged
from dualtrack.checks.spans import joined, touches

__all__ = ["emails", "network_addresses", "public_telephones", "telephones", "user_links"]

_EMAIL = re.compile(
    r"(?<![\w.%+-])([\w.%+-]{1,64})(?:@|\s?[\[(]\s?at\s?[\])]\s?)"
    r"[a-z0-9-]{1,63}(?:(?:\.|\s?[\[(]\s?dot\s?[\])]\s?)[a-z0-9-]{1,63}){1,6}",
    re.IGNORECASE | re.ASCII,
)
_USER_LINK = re.compile(
    r"[a-z][a-z0-9+.-]{1,15}://[^\s/@:]{1,64}(?::[^\s/@]{0,64})?@\S{1,255}"
    r"|\blinkedin\.com/in/[^\s/]{2,64}|(?<=[\w.])/~[a-z][\w-]{1,32}",
    re.IGNORECASE,
)
# Pages and names on social networks; those of organisations seldom hold a dot, an underscore or two digits.
_NETWORK = r"(?:instagram|facebook|tiktok|twitter|x|threads|snapchat|bsky|pinterest|reddit|youtube)"
_PROFILE = re.compile(
    rf"\b{_NETWORK}\.(?:com|net|app)/(?:@|u/|user/|add/)?([A-Za-z][\w.-]{{2,40}})"
    r"|(?<![\w@.])@([A-Za-z][\w.]{2,40})(?=[^\n]{0,12}\bon (?:instagram|facebook|tiktok|twitter|x|snapchat|threads)\b)"
    r"|\b(?:instagram|insta|tiktok|twitter|snapchat|snap|handle|username)\b[^\n@]{0,16}(?<![\w.])@([A-Za-z][\w.]{2,40})",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"[._]|\d\d")
_IPV4 = re.compile(r"(?<![\w.-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w-]|\.\d)")
_IP_CUE = re.compile(r"\bip(?:v4)?\b[^\n]{0,16}\Z", re.IGNORECASE)
_NOT_IP = re.compile(r"\b(?:EC|version|section|chapter|table|v)\.? ?\Z", re.IGNORECASE)
_NO_HOST = re.compile(r"(?:0|10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|2(?:2[4-9]|[345]\d))\.")
_LARGEST_OCTET, _LARGEST_HEADING, _CUE_REACH = 255, 31, 20

_DIALLABLE = re.compile(r"\d[\d ().+/-]{5,40}\d")
_UNIT = re.compile(
    r"\s?(?:mg|mcg|\u03bcg|ug|g|kg|ml|dl|l|iu|units?|mmol|nmol|cells?|copies|kcal|calories|mm ?hg|bpm|%|percent|"
    r"years?|days?|hours?|people|patients|/)(?![a-z])",
    re.IGNORECASE,
)
_CUED = re.compile(
    r"\b(?:telephone|phone|tel|mobile|cell|fax|whatsapp|pager|call|calling|ring|dial|text|texting|sms|reach|contact"
    r"|(?:my|his|her|their|your|home|work|mum's|mother's|son's|daughter's|wife's|husband's) number(?: is|:)?)"
    r"\b[^\d+\n(]{0,25}(\+?\(?\d[\d ().-]{6,18}\d)(?![\d/-])",
    re.IGNORECASE,
)
_TOLL_FREE = re.compile(r"(?<![\d-])(?:\+?1[-. ]?)?\(?8(?:00|33|44|55|66|77|88)\)?[-. ]?\d{3}[-. ]?\d{4}(?!\d)")
_FEWEST_DIGITS = 9
_MOST_TRIES = 5_000  # runs of digits in one text that turn out to be no telephone number; bounds the time
_PUBLIC_TYPES = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


@cache
def _public() -> tuple[frozenset[str], frozenset[str]]:
    data = packaged(__package__, "public.yaml")
    numbers = frozenset(_digits(line["number"]) for line in data["helplines"])
    return numbers, frozenset(data["role_mailboxes"])


@cache
def _handles() -> frozenset[str]:
    return frozenset(packaged(__package__, "public.yaml")["public_handles"])


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses, also with the at sign written ``[at]``, except mailboxes of an organisation.

    Example:
        >>> list(emails("to jane.doe@example.org or info@example.org"))
        [(3, 23)]
    """
    roles = _public()[1]
    for match in _EMAIL.finditer(text):
        if match.group(1).lower().strip(".") not in roles:
            yield match.span()


def user_links(text: str) -> Iterator[Span]:
    """Links and names that carry a user: ``ftp://user@host``, ``.../~user``, a person's page on a network.

    A name on a social network counts when it has the form that people choose (a dot, an underscore, two digits) and is
    not listed as that of an organisation.

    Example:
        >>> list(user_links("ftp://jane:pw@files.example.org/x and https://example.org/about"))
        [(0, 33)]
    """
    for match in _USER_LINK.finditer(text):
        yield match.span()
    for match in _PROFILE.finditer(text):
        which = match.lastindex or 0
        name = match.group(which).rstrip(".")
        if _PERSONAL.search(name) and name.lower() not in _handles():
            yield match.start() if which == 1 else match.start(which) - 1, match.end(which)


def network_addresses(text: str) -> Iterator[Span]:
    """IPv4 addresses that can belong to one host on the public net.

    Four small numbers (section 1.4.2.1) count only after the word IP; enzyme and section numbers never do.

    Example:
        >>> list(network_addresses("from 203.0.113.7, see section 1.4.2.1, EC 3.4.21.69, 127.0.0.1"))
        [(5, 16)]
    """
    for match in _IPV4.finditer(text):
        octets = [int(octet) for octet in match.groups()]
        if max(octets) > _LARGEST_OCTET or _NO_HOST.match(match.group()):
            continue
        before = text[max(0, match.start() - _CUE_REACH) : match.start()]
        if _IP_CUE.search(before) or (max(octets) > _LARGEST_HEADING and not _NOT_IP.search(before)):
            yield match.span()


def public_telephones(text: str) -> Iterator[Span]:
    """Toll-free numbers of the North American plan, in any of the usual spellings.

    Example:
        >>> list(public_telephones("1-800-273-8255 or (888) 555-0100"))
        [(0, 14), (18, 32)]
    """
    for match in _TOLL_FREE.finditer(text):
        yield match.span()


def telephones(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Telephone numbers of people: valid in the numbering plan of a region, or of any country after a plus sign.

    A bare run of digits counts only after a word such as "call". After such a word a number also counts when it is
    merely possible, as numbers kept for fiction are. Toll-free, shared-cost, premium-rate and organisation ranges,
    and the helplines of ``public.yaml``, do not count.

    Args:
        text: folded text in which codes that are no telephone numbers have been blanked.
        regions: ISO 3166 codes whose national form is recognised.

    Example:
        >>> list(telephones("Call me on 020 7946 0018 or 2127365000", ("GB", "US")))
        [(11, 24)]
    """
    if not _DIALLABLE.search(text):
        return
    cued = [match.span(1) for match in _CUED.finditer(text)]
    after_cue = {start for start, _ in cued}
    seen: list[Span] = []
    for region in regions or (None,):
        for match in PhoneNumberMatcher(text, region, max_tries=_MOST_TRIES):
            bare = match.raw_string.isdigit() and match.start not in after_cue
            seen.append((match.start, match.end))
            if not bare and not _is_public(match.number) and not _UNIT.match(text, match.end):
                yield match.start, match.end
    covered = list(joined(seen))
    for start, end in cued:
        if not touches((start, end), covered) and _is_possible(text[start:end], regions) and not _UNIT.match(text, end):
            yield start, end


def _is_public(number: phonenumbers.PhoneNumber) -> bool:
    national = phonenumbers.national_significant_number(number)
    forms = {national, f"0{national}", f"{number.country_code}{national}"}
    return phonenumbers.number_type(number) in _PUBLIC_TYPES or bool(forms & _public()[0])


def _is_possible(raw: str, regions: Sequence[str]) -> bool:
    """Whether a number has a length that some region uses and is no helpline."""
    digits = _digits(raw)
    if len(digits) < _FEWEST_DIGITS or digits in _public()[0]:
        return False
    for region in regions or ("ZZ",):
        try:
            number = phonenumbers.parse(raw, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return True
    return False
