"""Rows that do not fit, each with the exact line and text at which it stands in the file."""

import pytest

HEAD = "id,day,note\n"
GOOD = "1,2026-01-02,fine\n"
TYPES = {"id": "BIGINT", "day": "DATE", "note": "VARCHAR"}

# What stands between two good rows, and the rejects it makes: (lines after the first good row,
# code, raw text). Lines of the file: 1 header, 2 good, 3 what follows.
CASES = {
    "letters for a number": ("x,2026-01-02,a\n", [(3, "cast_failed", "x,2026-01-02,a")]),
    "number with a fraction": ("1.5,2026-01-02,a\n", [(3, "cast_failed", "1.5,2026-01-02,a")]),
    "number too large": (
        "9223372036854775808,2026-01-02,a\n",
        [(3, "cast_failed", "9223372036854775808,2026-01-02,a")],
    ),
    "thousands mark": ('"1,000",2026-01-02,a\n', [(3, "cast_failed", '"1,000",2026-01-02,a')]),
    "plus sign": ("+5,2026-01-02,a\n", [(3, "cast_failed", "+5,2026-01-02,a")]),
    "exponent for a whole number": ("1e3,2026-01-02,a\n", [(3, "cast_failed", "1e3,2026-01-02,a")]),
    "blank inside a number": ("1 2,2026-01-02,a\n", [(3, "cast_failed", "1 2,2026-01-02,a")]),
    "blanks for a number": ("  ,2026-01-02,a\n", [(3, "cast_failed", "  ,2026-01-02,a")]),
    "not a day": ("2,2026-02-30,a\n", [(3, "cast_failed", "2,2026-02-30,a")]),
    "month 13": ("2,2026-13-01,a\n", [(3, "cast_failed", "2,2026-13-01,a")]),
    "another form of date": ("2,02.01.2026,a\n", [(3, "cast_failed", "2,02.01.2026,a")]),
    "date with a time": ("2,2026-01-02 10:00,a\n", [(3, "cast_failed", "2,2026-01-02 10:00,a")]),
    "one digit in a date": ("2,2026-1-2,a\n", [(3, "cast_failed", "2,2026-1-2,a")]),
    "zero date": ("2,0000-00-00,a\n", [(3, "cast_failed", "2,0000-00-00,a")]),
    "two bad values": ("x,y,a\n", [(3, "cast_failed", "x,y,a")]),
    "the word null": ("NULL,2026-01-02,a\n", [(3, "cast_failed", "NULL,2026-01-02,a")]),
    "the header again": (HEAD, [(3, "cast_failed", "id,day,note")]),
    "other digits": ("\u0663,2026-01-02,a\n", [(3, "cast_failed", "\u0663,2026-01-02,a")]),
    "one value too few": ("2,2026-01-02\n", [(3, "field_count", "2,2026-01-02")]),
    "one value too many": ("2,2026-01-02,a,b\n", [(3, "field_count", "2,2026-01-02,a,b")]),
    "delimiter at the end": ("2,2026-01-02,a,\n", [(3, "field_count", "2,2026-01-02,a,")]),
    "another delimiter": ("2;2026-01-02;a\n", [(3, "field_count", "2;2026-01-02;a")]),
    "a word": ("total\n", [(3, "field_count", "total")]),
    "only delimiters": (",,,,\n", [(3, "field_count", ",,,,")]),
    "a blank": (" \n", [(3, "field_count", " ")]),
    "two rows in one": (
        "2,2026-01-02,a3,2026-01-02,b\n", [(3, "field_count", "2,2026-01-02,a3,2026-01-02,b")],
    ),
    "a row cut in two": (
        "2,2026-\n01-02,a\n", [(3, "field_count", "2,2026-"), (4, "field_count", "01-02,a")],
    ),
    "CR inside of a row": (
        "2,2026-01-02\r,a\n", [(3, "field_count", "2,2026-01-02"), (3, "field_count", ",a")],
    ),
    "comma in an unquoted text": (
        "2,2026-01-02,a, b\n", [(3, "field_count", "2,2026-01-02,a, b")],
    ),
    "quotes not doubled": (
        '2,2026-01-02,"he said "ok" to me"\n',
        [(3, "quote", '2,2026-01-02,"he said "ok" to me"')],
    ),
    "quotes not doubled around a comma": (
        '2,2026-01-02,"he said "ok, fine" to me"\n',
        [(3, "quote", '2,2026-01-02,"he said "ok, fine" to me"')],
    ),
    "text after a quote": ('2,2026-01-02,"a"b\n', [(3, "quote", '2,2026-01-02,"a"b')]),
    "blank after a quote": ('2,"2026-01-02" ,a\n', [(3, "quote", '2,"2026-01-02" ,a')]),
    "backslash before a quote": (
        '2,2026-01-02,"a\\"b"\n', [(3, "quote", '2,2026-01-02,"a\\"b"')],
    ),
    "one quote too many": ('2,2026-01-02,"a"""b"\n', [(3, "quote", '2,2026-01-02,"a"""b"')]),
    "text and line end after a quote": (
        '2,2026-01-02,"a\nb"c\n', [(3, "quote", '2,2026-01-02,"a\nb"c')],
    ),
    "zero byte": ("2,2026-01-02,a\0b\n", [(3, "nul_character", "2,2026-01-02,a\0b")]),
    "zero byte in a number": ("2\0,2026-01-02,a\n", [(3, "nul_character", "2\0,2026-01-02,a")]),
    "not UTF-8": (b"2,2026-01-02,M\xfcller\n", [(3, "encoding", "2,2026-01-02,M\\xfcller")]),
    "not UTF-8 in a number": (b"\xb2,2026-01-02,a\n", [(3, "encoding", "\\xb2,2026-01-02,a")]),
    "cut UTF-8": (b"2,2026-01-02,\xe2\x82\n", [(3, "encoding", "2,2026-01-02,\\xe2\\x82")]),
    "overlong UTF-8": (b"2,2026-01-02,\xc0\xaf\n", [(3, "encoding", "2,2026-01-02,\\xc0\\xaf")]),
    "surrogate in UTF-8": (
        b"2,2026-01-02,\xed\xa0\x80\n", [(3, "encoding", "2,2026-01-02,\\xed\\xa0\\x80")],
    ),
    "not UTF-8, and too few": (b"\xff,x\n", [(3, "encoding", "\\xff,x")]),
    "after a line end in quotes": (
        '2,2026-01-02,"a\nb"\nx,2026-01-02,c\n', [(5, "cast_failed", "x,2026-01-02,c")],
    ),
    "before a line end in quotes": (
        'x,2026-01-02,"a\n\nb"\n2\n',
        [(3, "cast_failed", 'x,2026-01-02,"a\n\nb"'), (6, "field_count", "2")],
    ),
    "after empty lines": ("\n\n\nx,2026-01-02,a\n", [(6, "cast_failed", "x,2026-01-02,a")]),
    "CR LF": (
        "2\r\n\r\nx,2026-01-02,a\r\n",
        [(3, "field_count", "2"), (5, "cast_failed", "x,2026-01-02,a")],
    ),
    "after a quote inside of a text": (
        '2,2026-01-02,5" pipe\nx,2026-01-02,3" pipe\n',
        [(4, "cast_failed", 'x,2026-01-02,3" pipe')],
    ),
    "several of all kinds": (
        'x,2026-01-02,a\n2\n3,2026-01-02,"b"c\n4,2026-01-02,ok\n5,2026-99-99,d\n',
        [
            (3, "cast_failed", "x,2026-01-02,a"), (4, "field_count", "2"),
            (5, "quote", '3,2026-01-02,"b"c'), (7, "cast_failed", "5,2026-99-99,d"),
        ],
    ),
}  # fmt: skip


def as_bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


@pytest.mark.parametrize("block_bytes", [1, 20, 1 << 20])
@pytest.mark.parametrize("case", CASES)
def test_rejected_row(read_text, case, block_bytes):
    between, expected = CASES[case]
    data = as_bytes(HEAD + GOOD) + as_bytes(between) + as_bytes("9,2026-01-02,é\n" * 3)
    found = read_text(
        data, TYPES, header=True, delimiter=",", quote='"', escape="", encoding="utf-8",
        block_bytes=block_bytes,
    )  # fmt: skip
    assert found.rejects == expected
    assert found.rows[0][2] == "fine"
    assert [row[2] for row in found.rows[-3:]] == ["é"] * 3
    assert {r["file"] for r in found.rejected} == {"data.csv"}
    assert all(reason.endswith(".") for reason in found.reasons)


def test_reason_names_value_type_and_column(read_text):
    found = read_text("id,a,b\n1,x,2.0\n2,4,y\n", {"a": "BIGINT", "b": "DECIMAL(4,1)"}, header=True)
    assert found.rows == []
    assert [r["reject_column"] for r in found.rejected] == ["a", "b"]
    assert found.reasons == [
        "'x' cannot be read as whole number (BIGINT).",
        "'y' cannot be read as decimal (DECIMAL(4,1)).",
    ]


def test_counts_of_values_are_named(read_text):
    found = read_text("a,b\n1,2,3\n1,2\n", header=True, delimiter=",")
    assert found.reasons == ["The row has 3 values where 2 are expected."]


@pytest.mark.parametrize("block_bytes", [4, 1 << 20])
def test_quote_that_is_never_closed(read_text, block_bytes):
    """It costs its own line and no other."""
    found = read_text('a,b\n1,x\n2,"y\n3,z\n4,w', header=True, block_bytes=block_bytes)
    assert found.rows == [(1, "x"), (3, "z"), (4, "w")]
    assert found.rejects == [(3, "unclosed_quote", '2,"y')]
    assert "line 3" in found.reasons[0]


@pytest.mark.parametrize("block_bytes", [16, 1 << 20])
def test_several_quotes_that_are_never_closed(read_text, block_bytes):
    text = 'a,b\n1,x\n2,y"\n"3,z\n4,"u ""v""\n5,"w"\n6,"x\n'
    found = read_text(text, header=True, block_bytes=block_bytes)
    read = [row[0] for row in found.rows]
    assert {1, 2} <= set(read)
    assert sum(r["raw"].count("\n") + 1 for r in found.rejected) + len(read) == 6
    assert found.rejected[-1]["raw"] == '6,"x'


def test_a_quote_that_is_never_closed_before_more_than_a_record_may_have(read_text):
    text = 'a,b\n1,"x\n' + "".join(f"{i},y\n" for i in range(2, 2000))
    found = read_text(text, header=True, block_bytes=100, record_limit_bytes=1000)
    assert [row[0] for row in found.rows] == list(range(2, 2000))
    assert found.rejects == [(2, "unclosed_quote", '1,"x')]


@pytest.mark.parametrize("before", ["", '""9,z\n', '9,"z"\n'])
@pytest.mark.parametrize("block_bytes", [3, 16, 1 << 20])
def test_an_escape_at_the_very_end(read_text, before, block_bytes):
    """It has nothing to escape, and no quote is open."""
    text = f"a,b\n{before}1,x\\\ny\n2,y\\"
    found = read_text(text, escape="\\", header=True, block_bytes=block_bytes)
    assert found.rows[-1] == (1, "x\ny")
    assert found.rejects[-1][1:] == ("unclosed_escape", "2,y\\")
    assert "ends with a \\" in found.reasons[-1]


@pytest.mark.parametrize("block_bytes", [3, 5, 8])
def test_what_a_quote_takes_in_is_judged_by_whole_lines(read_text, block_bytes):
    text = 'a,b\n"aaaaeeee2,3\n2,3\n2,3\n,"2,3\n4,x\n'
    whole = read_text(text, header=True)
    cut = read_text(text, header=True, block_bytes=block_bytes)
    assert (cut.rows, cut.rejected) == (whole.rows, whole.rejected)


def test_with_one_column_all_that_a_quote_swallows_is_its_own(read_text):
    found = read_text('a\nx\n"y\nz\n', header=True)
    assert found.rows == [("x",)]
    assert found.rejects == [(3, "unclosed_quote", '"y\nz')]
    assert "1 line" in found.reasons[0]


def test_a_comma_is_the_decimal_point_though_a_few_values_are_no_numbers(read_text):
    lines = [f"a{i};{i},25" for i in range(40)]
    lines[7] = "a7;none"
    found = read_text("k;n\n" + "\n".join(lines) + "\n", {"n": "DECIMAL(10,2)"}, header=True)
    assert len(found.rows) == 39
    assert [str(row[1]) for row in found.rows[:2]] == ["0.25", "1.25"]
    assert [r["line"] for r in found.rejected] == [9]


def test_all_rows_bad(read_text):
    found = read_text("a,b\n" + "x,y\n" * 5000, {"a": "BIGINT", "b": "DATE"}, header=True)
    assert found.rows == []
    assert [r["line"] for r in found.rejected] == list(range(2, 5002))


def test_rejects_in_many_small_blocks_keep_their_lines(read_text):
    lines = [f"{i},text {i}" if i % 7 else f"n{i},text {i}" for i in range(2, 3000)]
    found = read_text("a,b\n" + "\n".join(lines), {"a": "BIGINT"}, header=True, block_bytes=500)
    assert [(r["line"], r["raw"]) for r in found.rejected] == [
        (i, f"n{i},text {i}") for i in range(2, 3000) if i % 7 == 0
    ]
    assert [row[0] for row in found.rows] == [i for i in range(2, 3000) if i % 7]


def test_bad_rows_of_a_large_block_with_line_ends_in_quotes(read_text):
    """The quick way to a bad row's place gives what counting gives."""
    rows, expected, line = [], [], 2
    for i in range(20_000):
        bad = i % 501 == 0
        row = f'{"x" if bad else i},"line\nend {i}"' if i % 3 == 0 else f"{'x' if bad else i},plain"
        if bad:
            expected.append((line, "cast_failed", row))
        rows.append(row)
        line += row.count("\n") + 1
    found = read_text("a,b\n" + "\n".join(rows) + "\n", {"a": "BIGINT"}, header=True)
    assert found.rejects == expected
    assert len(found.rows) == 20_000 - len(expected)


def test_very_long_raw_text_is_cut(read_text):
    found = read_text("a,b\nx," + "y" * 2_000_000 + "\n", {"a": "BIGINT"}, header=True)
    (reject,) = found.rejected
    assert len(reject["raw"]) < 1_100_000
    assert reject["raw"].endswith(" more bytes)")


def rows_with(strays: dict[int, str], count: int, row: str = "{i},pipe {i},{i}.5") -> str:
    """Return a file; the key is the line at which the text stands."""
    lines = ["id,name,price", *(row.format(i=i) for i in range(2, count))]
    for line, text in strays.items():
        lines[line - 1] = text
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 20])
@pytest.mark.parametrize(
    "strays",
    [
        {10: '10,"pipe,1.5', 900: '900,"tube,2.5'},
        {10: '10,"pipe,1.5', 11: '11,"pipe,1.5', 500: '500,"tube,2.5', 900: '900,"tube,2.5'},
        {10: '10,"pipe,1.5', 700: '700,"tube,2.5', 900: '900,"tube,2.5'},
        {10: '"10,pipe,1.5', 900: '900,tube,"2.5'},
        {10: '10,"a, b","2.5', 900: '900,"tube,2.5'},
        {10: '10,"pipe,1.5', 500: '500,"a ""tube""",2.5'},
    ],
    ids=["two", "four", "three", "other columns", "after a text", "before a text"],
)
def test_stray_quotes_cost_their_own_lines_and_not_what_stands_between(
    read_text, strays, block_bytes
):
    text = rows_with(strays, 1000)
    found = read_text(text, {"id": "BIGINT"}, header=True, delimiter=",", block_bytes=block_bytes)
    bad = [line for line, raw in strays.items() if raw.count('"') % 2]
    assert found.rejects == [(line, "unclosed_quote", strays[line]) for line in bad]
    assert found.lines == [i for i in range(2, 1000) if i not in bad]
    assert [row[0] for row in found.rows] == found.lines
    assert all(f"line {line}" in why for line, why in zip(bad, found.reasons, strict=True))


LETTERS = {
    "the table's own lines": "1,a,1.5\n" * 500 + "2,b,2.5",
    "no delimiter": "some words\n" * 500,
    "as many delimiters as a row": "Dear Sir, thanks, bye\n" * 500,
    "quotes in it": 'he said ""a, b"", and ""c""\n' * 500,
    "a title and a table": "Sizes:\n" + "36,small,x\n" * 500 + "37,big,y",
    "empty lines": "\n" * 500,
}


@pytest.mark.parametrize("block_bytes", [1, 300, 1 << 20])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("letter", LETTERS)
def test_long_texts_stay_whole_whatever_stands_in_them(read_text, letter, place, block_bytes):
    """Beside them a row with a quote in an odd place, so that each record is looked at."""
    values = ["x", "y", "z"]
    values[place] = f'"{LETTERS[letter]}"'
    rows = [["k", "l", "m"]] * 3 + [values] + [["n", "o", "p"]] * 3
    text = "a,b,c\n" + "\n".join(map(",".join, [*rows, ["1", '"q" r', "2"], *rows])) + "\n"
    found = read_text(text, header=True, delimiter=",", quote='"', block_bytes=block_bytes)
    whole = [LETTERS[letter].replace('""', '"') if i == place else "xyz"[i] for i in range(3)]
    assert [raw for _, _, raw in found.rejects] == ['1,"q" r,2']
    assert found.rows == [*[tuple(r) for r in rows[:3]], tuple(whole), *[("n", "o", "p")] * 3] * 2
