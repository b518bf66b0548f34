"""E-mail addresses and telephone numbers are masked however they are written; no code, amount or date ever is."""

import csv
import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from pvd_analysis.sources.raw_file import open_raw_file
from pvd_analysis.values import format_date, format_euros
from pvd_analysis.values.personal import ADDRESS_MASK, NUMBER_MASK, masked_text, masked_texts

WORDS = st.sampled_from(["", "Voir avec la mairie", "tél.", "(DETR 2021)", "lot n° 3 :", "école, 2 classes", "EJ"])


def digits(count, first="0123456789"):
    return st.tuples(st.sampled_from(first), st.text("0123456789", min_size=count - 1, max_size=count - 1)).map("".join)


def grouped(text, separator, *lengths):
    starts = [sum(lengths[:rank]) for rank in range(len(lengths))]
    return separator.join(text[start : start + length] for start, length in zip(starts, lengths, strict=True))


NINE = digits(9, "123456789")
SEPARATORS = st.sampled_from([" ", ".", "-", "/", "\u00a0", "\u202f", "  ", " - ", "\n", "\u2011", ""])
NUMBERS = st.one_of(
    st.builds(lambda n, s: grouped(f"0{n}", s, 2, 2, 2, 2, 2), NINE, SEPARATORS),
    st.builds(lambda n, s: grouped(f"0{n}", s, 4, 2, 2, 2), NINE, SEPARATORS),
    st.builds(lambda n: grouped(f"0{n}", " ", 4, 3, 3), NINE),
    st.builds(lambda n: grouped(f"0{n}", " ", 2, 2, 2, 2).replace(" ", ".", 1) + f" {n[-2:]}", NINE),
    st.builds(
        lambda prefix, n, s: f"{prefix}{s}{grouped(n, s, 1, 2, 2, 2, 2)}",
        st.sampled_from(["+33", "+33 (0)", "0033", "00 33", "+262"]), NINE, SEPARATORS,
    ),
)  # fmt: skip
NAMES = st.text("abcdefghijklmnopqrstuvwxyzéèç0123456789_", min_size=1, max_size=12)
ADDRESSES = st.builds(
    lambda first, dot, last, at, host, end: f"{first}{dot}{last}{at}{host}.{end}",
    NAMES, st.sampled_from(["", ".", "-", "+"]), NAMES, st.sampled_from(["@", " @ ", "(at)", " [at] ", "＠"]), NAMES,
    st.sampled_from(["fr", "gouv.fr", "org", "nouvelle-aquitaine.fr"]),
)  # fmt: skip
SIRET = digits(14)
CODES = st.one_of(
    SIRET,
    SIRET.map(lambda n: grouped(n, " ", 3, 3, 3, 5)),
    SIRET.map(lambda n: grouped(n, "\u00a0", 3, 3, 3, 5)),
    digits(9),
    digits(9).map(lambda n: grouped(n, " ", 3, 3, 3)),
    st.builds(lambda n: f"EJ {n}", digits(10, "12345")),
    digits(5),
    st.lists(digits(5), min_size=2, max_size=6).map(" ".join),
    st.lists(digits(5), min_size=2, max_size=6).map(";".join),
    st.sampled_from(["2A004", "97411", "01004/01005", "0801234567A", "DETR0123456789"]),
)
AMOUNTS = st.one_of(
    st.integers(-(10**11), 10**11).map(format_euros),
    st.integers(0, 10**9).map(lambda n: f"{n:,} €".replace(",", " ")),
    st.integers(0, 10**9).map(lambda n: f"+{n / 100:.2f}"),
    st.floats(-1000, 1000).map(lambda x: f"{x:.14f}"),
)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
FORMS = st.sampled_from(["%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d.%m.%y", "%d-%m-%Y", "%d-%m-%y", "%Y-%m-%d", "%Y%m%d"])
DATES = st.one_of(
    st.builds(lambda day, form: day.strftime(form), DAYS, FORMS),
    st.builds(lambda day, other, form, to: f"{day.strftime(form)}{to}{other.strftime(form)}", DAYS, DAYS, FORMS,
              st.sampled_from([" - ", "-", " au ", " ", "/"])),
    st.builds(lambda day, other: f"{day:%d/%m}-{other:%d/%m/%y}", DAYS, DAYS),
    st.builds(lambda day: f"{day:%Y-%m-%d} 07:08:09", DAYS),
    DAYS.map(format_date),
)  # fmt: skip


@example(before="", number="+33 (0) - 1 - 00 - 00 - 00 - 00", between=" ou ", address="a@b.fr")
@given(before=WORDS, number=NUMBERS, between=st.sampled_from([" ou ", ", ", " / ", "\n"]), address=ADDRESSES)
def test_an_address_and_a_number_are_masked_wherever_they_stand(before, number, between, address):
    text = f"{before} {number}{between}{address}."
    masked = masked_text(text)
    assert NUMBER_MASK in masked
    assert ADDRESS_MASK in masked
    assert number not in masked
    assert address not in masked
    assert "".join(filter(str.isdigit, number))[-6:] not in "".join(filter(str.isdigit, masked))
    assert masked_text(masked) == masked


@given(numbers=st.lists(NUMBERS, min_size=2, max_size=4))
def test_several_numbers_are_each_masked(numbers):
    assert masked_text(", ".join(numbers)).count(NUMBER_MASK) == len(numbers)


@example(before="", said="01-02-21-03-04-21", after="")
@example(before="", said="11-02-21-03-04-21", after="")
@example(before="", said="05/06-07/08/21", after="")
@example(before="SIRET", said="00330123400015", after="")
@example(before="", said="4.00303310979622", after="")
@given(before=WORDS, said=st.one_of(CODES, AMOUNTS, DATES), after=WORDS)
def test_a_code_an_amount_or_a_date_is_never_masked(before, said, after):
    text = f"{before} {said} {after}"
    assert masked_text(text) == text


@given(texts=st.lists(st.one_of(NUMBERS, ADDRESSES, CODES, AMOUNTS, DATES, st.text(max_size=30)), unique=True))
def test_many_texts_are_masked_as_each_of_them_is(texts):
    texts = [text.replace("\0", "") for text in texts]
    assert masked_texts(texts) == {text: masked_text(text) for text in texts if masked_text(text) != text}


def test_a_word_of_a_whole_cell_is_searched_in_no_time():
    assert masked_text("a" * 32_000 + "@") == "a" * 32_000 + "@"


def test_nothing_is_masked_in_the_real_national_lists(root):
    files = [path for path in (root / "data" / "raw").glob("20*/*") if path.suffix in {".csv", ".xlsx", ".ods"}]
    assert len(files) >= 5
    assert [sheet.masked for path in files for sheet in open_raw_file(path, path.name).sheets if sheet.masked] == []


def test_each_likely_writing_is_masked_whole_and_what_looks_like_one_is_not(root):
    with (root / "tests" / "values" / "coordonnees.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 150
    wrong = []
    for row in rows:
        masked = masked_text(row["ecriture"])
        kinds = [kind for kind, mask in (("numéro", NUMBER_MASK), ("adresse", ADDRESS_MASK)) if mask in masked]
        is_whole = row["masque"] != "numéro" or sum(map(str.isdigit, masked.replace("poste 12", ""))) < 3
        if kinds != [kind for kind in [row["masque"]] if kind] or not is_whole:
            wrong.append((row["masque"], row["ecriture"], masked))
        assert masked_texts([row["ecriture"]]) == ({row["ecriture"]: masked} if masked != row["ecriture"] else {})
    assert wrong == []
