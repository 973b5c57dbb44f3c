"""Check digits against published numbers, and against every single slip of a digit."""

import pytest

from dualtrack.checks.checksums import iban_is_valid, luhn_is_valid, nhs_number_is_valid

# Luhn: test numbers that card networks publish. NHS: worked example of the NHS Data Dictionary and the series kept
# for tests (999...). IBAN: examples of the SWIFT IBAN registry.
VALID = [
    (luhn_is_valid, "4111111111111111"),
    (luhn_is_valid, "378282246310005"),
    (luhn_is_valid, "5555555555554444"),
    (nhs_number_is_valid, "9434765919"),
    (nhs_number_is_valid, "4010232137"),
    (nhs_number_is_valid, "9990000018"),
]
IBANS = ["GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606", "NO9386011117947"]


@pytest.mark.parametrize(("check", "digits"), VALID)
def test_a_published_number_is_valid_and_no_slip_of_one_digit_is(check, digits):
    assert check(digits)
    slips = [
        digits[:place] + other + digits[place + 1 :]
        for place in range(len(digits))
        for other in "0123456789"
        if other != digits[place]
    ]
    assert not any(check(slip) for slip in slips)


@pytest.mark.parametrize("digits", ["", "943476591", "94347659190", "0000000000", "1111111111"])
def test_what_is_no_nhs_number_is_not_valid(digits):
    assert not nhs_number_is_valid(digits)


def test_an_nhs_number_whose_check_digit_would_be_ten_is_not_valid():
    # 10 * 9 + 3 * tens + 2 * ones leaves 1 on division by 11, so the check digit would be 10.
    stems = [f"9000000{tens}{ones}" for tens in range(10) for ones in range(10) if (90 + 3 * tens + 2 * ones) % 11 == 1]
    assert stems
    assert not any(nhs_number_is_valid(f"{stem}{last}") for stem in stems for last in range(10))


@pytest.mark.parametrize("iban", IBANS)
def test_a_published_account_number_is_valid_and_no_slip_is(iban):
    assert iban_is_valid(iban)
    for place in range(2, len(iban)):
        if iban[place].isdigit():
            slip = iban[:place] + str((int(iban[place]) + 1) % 10) + iban[place + 1 :]
            assert not iban_is_valid(slip)
