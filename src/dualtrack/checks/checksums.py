"""Check digits of numbers that identify people, accounts and books.

Why it exists: a check digit tells an identifier from any other number of the same length. Digits in, truth out.
Imports nothing of dualtrack.
"""

import re

__all__ = ["iban_is_valid", "isbn_is_valid", "luhn_is_valid", "nhs_number_is_valid"]

_NHS_LENGTH = 10
_ISBN_10 = re.compile(r"[0-9]{9}[0-9X]")
_ISBN_13 = re.compile(r"97[89][0-9]{10}")


def luhn_is_valid(digits: str) -> bool:
    """Whether a string of digits ends in its Luhn check digit.

    Definition: from the right, every second digit is doubled and the digits of the product are added; the sum of all
    is a multiple of 10.

    Args:
        digits: ASCII digits only, at least one.

    Example:
        >>> luhn_is_valid("79927398713"), luhn_is_valid("79927398714")
        (True, False)

    Source: ISO/IEC 7812-1, annex B.
    """
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    values = [int(digit) for digit in reversed(digits)]
    return sum(doubled[value] if place % 2 else value for place, value in enumerate(values)) % 10 == 0


def nhs_number_is_valid(digits: str) -> bool:
    """Whether ten digits form an NHS number of England, Wales and the Isle of Man.

    Definition: the first nine digits times 10, 9, ..., 2 are added; 11 minus the sum modulo 11 is the tenth digit,
    with 11 read as 0 and 10 never issued.

    Args:
        digits: ASCII digits only; anything but ten of them is not valid.

    Example:
        >>> nhs_number_is_valid("9434765919"), nhs_number_is_valid("9434765918")
        (True, False)

    Source: NHS Data Model and Dictionary, attribute NHS NUMBER (modulus 11 algorithm).
    """
    if len(digits) != _NHS_LENGTH or len(set(digits)) == 1:
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - weighted % 11
    return (0 if check == 11 else check) == int(digits[9])  # noqa: PLR2004 - the modulus of the definition


def iban_is_valid(iban: str) -> bool:
    """Whether an international bank account number has its two check digits.

    Definition: with the first four characters moved to the end and letters read as 10..35, the number modulo 97 is 1.

    Args:
        iban: capital ASCII letters and digits without spaces, country code first.

    Example:
        >>> iban_is_valid("GB82WEST12345698765432"), iban_is_valid("GB82WEST12345698765433")
        (True, False)

    Source: ISO 13616-1; ISO/IEC 7064 (mod 97-10).
    """
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97 == 1


def isbn_is_valid(isbn: str) -> bool:
    """Whether ten or thirteen characters form an international standard book number.

    Definition: of ten, the characters times 10, 9, ..., 1 add up to a multiple of 11, with X as a last character read
    as 10; of thirteen, which begin with 978 or 979, the digits times 1, 3, 1, 3, ... add up to a multiple of 10.

    Args:
        isbn: ASCII digits, the last of ten may be a capital X; no hyphens and no spaces.

    Example:
        >>> isbn_is_valid("0306406152"), isbn_is_valid("9780306406157"), isbn_is_valid("9780306406158")
        (True, True, False)

    Source: ISO 2108:2017, annex on the check digit; ISO 2108:1992 for ten characters.
    """
    if _ISBN_10.fullmatch(isbn):
        values = [10 if character == "X" else int(character) for character in isbn]
        return sum(value * weight for value, weight in zip(values, range(10, 0, -1), strict=True)) % 11 == 0
    if _ISBN_13.fullmatch(isbn):
        return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(isbn)) % 10 == 0
    return False
