# ruff: noqa: E501 - one function is one line, so that a diff of this list reads as one.
"""The functions of Summit SQL, grouped by subject: the allow-list is this text.

A line is `signature | what it does | other names`. The signature starts with the name; the editor
shows signature and sentence in completion. A function that is not here cannot be used: nothing
here reads a file, the network, the environment, a setting or a secret, keeps state between rows,
differs between two runs on the same data (but for the clock), or builds a value whose size is not
bounded by its input.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Function:
    """One function people may call.

    Args:
        name: Lower case, as written in an expression.
        group: The subject it is listed under.
        kind: `row` (one value a row), `aggregate` (one a group) or `window` (needs OVER).
        signature: How it is written, with the type it gives.
        doc: One sentence.
    """

    name: str
    group: str
    kind: str
    signature: str
    doc: str


_ROW = {
    "Text": """
upper(text) -> text | In capital letters. | ucase
lower(text) -> text | In small letters. | lcase
trim(text [, characters]) -> text | Without spaces, or the given characters, at both ends.
ltrim(text [, characters]) -> text | Without spaces at the start.
rtrim(text [, characters]) -> text | Without spaces at the end.
length(text) -> whole number | Count of characters; of items for a list. | len char_length character_length
strlen(text) -> whole number | Count of bytes in UTF-8.
length_grapheme(text) -> whole number | Count of characters as people see them.
left(text, count) -> text | The first characters.
right(text, count) -> text | The last characters.
left_grapheme(text, count) -> text | The first characters as people see them.
right_grapheme(text, count) -> text | The last characters as people see them.
substring(text, start [, count]) -> text | A part, counted from 1. | substr
substring_grapheme(text, start [, count]) -> text | A part, counted in characters as people see them.
replace(text, old, new) -> text | Every occurrence replaced.
translate(text, from, to) -> text | Single characters replaced one for one.
overlay(text, new, start [, count]) -> text | A part written over.
concat(value, ...) -> text | Joined into one text; nulls are left out.
concat_ws(separator, value, ...) -> text | Joined with a separator; nulls are left out.
split_part(text, separator, number) -> text | One part of a separated text, counted from 1.
string_split(text, separator) -> list | Cut into a list. | split str_split string_to_array
reverse(text) -> text | Back to front.
contains(text, part) -> true/false | Holds the part; for a list, the item.
starts_with(text, start) -> true/false | Begins so. | prefix
ends_with(text, end) -> true/false | Ends so. | suffix
strpos(text, part) -> whole number | Place of the part from 1, 0 where it is missing. | instr position
lpad(text, count, fill) -> text | Filled up at the start; count is a plain number to 10000.
rpad(text, count, fill) -> text | Filled up at the end; count is a plain number to 10000.
format(pattern, value, ...) -> text | Values put into {} places of a plain pattern.
printf(pattern, value, ...) -> text | Values put into % places of a plain pattern.
ascii(text) -> whole number | Code point of the first character. | ord unicode
chr(code) -> text | The character of a code point.
strip_accents(text) -> text | Accents taken off: é gives e.
nfc_normalize(text) -> text | Unicode brought to composed form.
levenshtein(a, b) -> whole number | Edits between two texts. | editdist3
damerau_levenshtein(a, b) -> whole number | Edits between two texts, swaps counted once.
hamming(a, b) -> whole number | Places in which two texts of one length differ. | mismatches
jaccard(a, b) -> number | Likeness of two texts, 0 to 1.
jaro_similarity(a, b) -> number | Likeness of two texts, 0 to 1.
jaro_winkler_similarity(a, b) -> number | Likeness of two texts, starts weighing more.
url_encode(text) -> text | Made safe for an address.
url_decode(text) -> text | Read back from an address.
format_bytes(count) -> text | A size as people read it: 16.0 KiB.
""",
    "Regular expressions": """
regexp_matches(text, pattern [, options]) -> true/false | The pattern occurs in the text.
regexp_full_match(text, pattern [, options]) -> true/false | The pattern fits the whole text.
regexp_extract(text, pattern [, group]) -> text | The first match, or one group of it.
regexp_extract_all(text, pattern [, group]) -> list | Every match.
regexp_replace(text, pattern, new [, options]) -> text | First match replaced; all with option 'g'.
regexp_split_to_array(text, pattern) -> list | Cut at every match. | string_split_regex str_split_regex
regexp_escape(text) -> text | Made to stand for itself in a pattern.
""",
    "Numbers": """
abs(x) -> number | Without its sign.
sign(x) -> whole number | -1, 0 or 1.
round(x [, digits]) -> number | Rounded, halves away from zero.
round_even(x, digits) -> number | Rounded, halves to the even neighbour. | roundbankers
ceil(x) -> number | Up to a whole number. | ceiling
floor(x) -> number | Down to a whole number.
trunc(x) -> number | Digits after the point cut off.
even(x) -> number | Away from zero to an even number.
mod(a, b) -> number | What is left after dividing. | fmod
add(a, b) -> number | Sum.
subtract(a, b) -> number | Difference.
multiply(a, b) -> number | Product.
divide(a, b) -> whole number | Whole part of a quotient.
fdiv(a, b) -> number | Quotient rounded down to a whole number.
power(x, y) -> number | x to the power of y. | pow
sqrt(x) -> number | Square root.
cbrt(x) -> number | Cube root.
exp(x) -> number | e to the power of x.
ln(x) -> number | Natural logarithm.
log(x [, base]) -> number | Logarithm to base 10, or base first. | log10
log2(x) -> number | Logarithm to base 2.
greatest(a, b, ...) -> value | The largest; nulls are left out.
least(a, b, ...) -> value | The smallest; nulls are left out.
gcd(a, b) -> whole number | Greatest common divisor. | greatest_common_divisor
lcm(a, b) -> whole number | Least common multiple. | least_common_multiple
factorial(n) -> whole number | 1 * 2 * ... * n.
pi() -> number | 3.14159...
sin(x) -> number | Sine of radians.
cos(x) -> number | Cosine of radians.
tan(x) -> number | Tangent of radians.
cot(x) -> number | Cotangent of radians.
asin(x) -> number | Angle of a sine.
acos(x) -> number | Angle of a cosine.
atan(x) -> number | Angle of a tangent.
atan2(y, x) -> number | Angle of a point.
sinh(x) -> number | Hyperbolic sine.
cosh(x) -> number | Hyperbolic cosine.
tanh(x) -> number | Hyperbolic tangent.
asinh(x) -> number | Angle of a hyperbolic sine.
acosh(x) -> number | Angle of a hyperbolic cosine.
atanh(x) -> number | Angle of a hyperbolic tangent.
gamma(x) -> number | The gamma function.
lgamma(x) -> number | Logarithm of the gamma function.
degrees(radians) -> number | Radians as degrees.
radians(degrees) -> number | Degrees as radians.
isnan(x) -> true/false | Is not a number.
isinf(x) -> true/false | Is infinite.
isfinite(x) -> true/false | Is finite.
signbit(x) -> true/false | Has a minus sign, zero included.
nextafter(x, toward) -> number | The next number that can be told apart.
xor(a, b) -> whole number | Bits set in one of two.
bit_count(x) -> whole number | Count of set bits.
""",
    "Dates and times": """
now() -> date and time (zone) | When the run started; the same for all its rows. | get_current_timestamp transaction_timestamp
today() -> date | The day the run started, in UTC.
current_date() -> date | The day the run started, in UTC.
get_current_time() -> time | The time of day the run started.
current_localtimestamp() -> date and time | When the run started, without a zone.
current_localtime() -> time | The time of day the run started, without a zone.
date_part(part, date) -> whole number | One part: 'year', 'month', 'day', 'hour' ... | datepart
date_trunc(part, date) -> date and time | Cut down to the start of a 'year', 'month', 'day' ... | datetrunc
date_diff(part, start, end) -> whole number | Borders crossed between two dates. | datediff
date_sub(part, start, end) -> whole number | Whole parts between two dates. | datesub
date_add(date, interval) -> date and time | Later by an interval.
age(later, earlier) -> duration | Years, months and days between two dates.
year(date) -> whole number | The year.
month(date) -> whole number | The month, 1 to 12.
day(date) -> whole number | The day of the month. | dayofmonth
hour(time) -> whole number | The hour.
minute(time) -> whole number | The minute.
second(time) -> whole number | The second.
millisecond(time) -> whole number | Seconds as thousandths.
microsecond(time) -> whole number | Seconds as millionths.
nanosecond(time) -> whole number | Seconds as billionths.
quarter(date) -> whole number | The quarter, 1 to 4.
week(date) -> whole number | The ISO week. | weekofyear
yearweek(date) -> whole number | ISO year and week: 202607.
dayofweek(date) -> whole number | Sunday 0 to Saturday 6. | weekday
isodow(date) -> whole number | Monday 1 to Sunday 7.
isoyear(date) -> whole number | The year the ISO week belongs to.
dayofyear(date) -> whole number | The day of the year.
decade(date) -> whole number | The decade.
century(date) -> whole number | The century.
millennium(date) -> whole number | The millennium.
era(date) -> whole number | 1, or 0 before Christ.
dayname(date) -> text | Monday, Tuesday ...
monthname(date) -> text | January, February ...
last_day(date) -> date | The last day of the month.
days_in_month(date) -> whole number | Days the month has.
julian(date) -> number | The Julian day.
make_date(year, month, day) -> date | Put together from numbers.
make_time(hour, minute, seconds) -> time | Put together from numbers.
make_timestamp(year, month, day, hour, minute, seconds) -> date and time | Put together from numbers.
make_timestamptz(year, month, day, hour, minute, seconds, zone) -> date and time (zone) | Put together from numbers.
make_timestamp_ms(milliseconds) -> date and time | From milliseconds since 1970.
to_timestamp(seconds) -> date and time (zone) | From seconds since 1970.
epoch(date) -> number | Seconds since 1970.
epoch_ms(date) -> whole number | Milliseconds since 1970, or back.
epoch_us(date) -> whole number | Microseconds since 1970.
epoch_ns(date) -> whole number | Nanoseconds since 1970.
strftime(date, format) -> text | Written by a format such as '%d.%m.%Y'.
strptime(text, format) -> date and time | Read by a format; fails where it does not fit.
try_strptime(text, format) -> date and time | Read by a format; null where it does not fit.
time_bucket(width, date [, origin]) -> date and time | Start of the interval the date falls in.
timezone(zone, date) -> date and time | The clock in a zone.
timezone_hour(date) -> whole number | Hours of the zone's offset.
timezone_minute(date) -> whole number | Minutes of the zone's offset.
to_years(n) -> duration | So many years.
to_quarters(n) -> duration | So many quarters.
to_months(n) -> duration | So many months.
to_weeks(n) -> duration | So many weeks.
to_days(n) -> duration | So many days.
to_hours(n) -> duration | So many hours.
to_minutes(n) -> duration | So many minutes.
to_seconds(n) -> duration | So many seconds.
to_milliseconds(n) -> duration | So many milliseconds.
to_microseconds(n) -> duration | So many microseconds.
to_decades(n) -> duration | So many decades.
to_centuries(n) -> duration | So many centuries.
to_millennia(n) -> duration | So many millennia.
""",
    "Conditions and nulls": """
if(condition, yes, no) -> value | One of two values.
ifnull(value, other) -> value | The other value where the first is null.
nullif(a, b) -> value | Null where both are equal.
coalesce(a, b, ...) -> value | The first that is not null.
typeof(value) -> text | The type's name.
""",
    "Lists": """
list_value(a, b, ...) -> list | A list of the values. | list_pack array_value
list_transform(list, lambda x: ...) -> list | Every item computed anew. | list_apply array_transform array_apply apply
list_filter(list, lambda x: ...) -> list | The items for which it is true. | array_filter filter
list_reduce(list, lambda a, b: ...) -> value | Items folded into one. | array_reduce reduce
list_contains(list, item) -> true/false | Holds the item. | list_has array_contains array_has
list_has_any(a, b) -> true/false | Share an item. | array_has_any
list_has_all(a, b) -> true/false | The first holds all of the second. | array_has_all
list_position(list, item) -> whole number | Place of an item from 1. | list_indexof array_position array_indexof
list_extract(list, number) -> value | One item, counted from 1. | list_element array_extract element_at
list_slice(list, start, end) -> list | A part, both ends included. | array_slice
list_concat(a, b) -> list | One after the other. | list_cat array_concat array_cat
list_append(list, item) -> list | With one more at the end. | array_append array_push_back
list_prepend(item, list) -> list | With one more at the start. | array_prepend
list_distinct(list) -> list | Each item once; order may change. | array_distinct
list_unique(list) -> whole number | Count of different items. | array_unique
list_intersect(a, b) -> list | Items both have. | array_intersect
list_sort(list) -> list | In order. | array_sort
list_reverse_sort(list) -> list | In reverse order. | array_reverse_sort
list_reverse(list) -> list | Back to front. | array_reverse
list_zip(a, b, ...) -> list | Items side by side. | array_zip
list_where(list, flags) -> list | Items whose flag is true. | array_where
list_select(list, numbers) -> list | Items by number. | array_select
flatten(lists) -> list | Lists inside a list made one.
array_length(list) -> whole number | Count of items.
array_to_string(list, separator) -> text | Joined into one text.
list_aggregate(list, name) -> value | An aggregate over the items. | list_aggr array_aggregate
list_sum(list) -> number | Sum of the items.
list_avg(list) -> number | Mean of the items.
list_min(list) -> value | Smallest item.
list_max(list) -> value | Largest item.
list_count(list) -> whole number | Items that are not null.
list_median(list) -> value | Middle item.
list_mode(list) -> value | Most frequent item.
list_first(list) -> value | First item.
list_last(list) -> value | Last item.
list_any_value(list) -> value | First item that is not null.
list_product(list) -> number | Product of the items.
list_string_agg(list) -> text | Items joined by commas.
list_bool_and(list) -> true/false | All true.
list_bool_or(list) -> true/false | One is true.
list_stddev_pop(list) -> number | Standard deviation.
list_stddev_samp(list) -> number | Standard deviation of a sample.
list_var_pop(list) -> number | Variance.
list_var_samp(list) -> number | Variance of a sample.
range([start,] end [, step]) -> list | Whole numbers to before end; plain numbers only.
generate_series(start, end [, step]) -> list | Whole numbers to end; plain numbers only.
""",
    "Structs and maps": """
struct_pack(name := value, ...) -> struct | Named values in one.
row(a, b, ...) -> struct | Values in one.
struct_extract(struct, name) -> value | One named value.
struct_extract_at(struct, number) -> value | One value by number.
struct_insert(struct, name := value) -> struct | With more values.
struct_update(struct, name := value) -> struct | With values replaced.
struct_concat(a, b) -> struct | Two joined.
struct_keys(struct) -> list | The names.
struct_values(struct) -> struct | The values without names.
map(keys, values) -> map | Values by key.
map_from_entries(list) -> map | From pairs.
map_entries(map) -> list | As pairs.
map_keys(map) -> list | The keys.
map_values(map) -> list | The values.
map_extract(map, key) -> list | The value of a key, in a list.
map_extract_value(map, key) -> value | The value of a key.
map_contains(map, key) -> true/false | Has the key.
map_concat(a, b) -> map | Two joined, the later winning.
cardinality(map) -> whole number | Count of entries.
""",
    "JSON": """
json_extract(json, path) -> json | The part at a path. | json_extract_path
json_extract_string(json, path) -> text | The part at a path, as text. | json_extract_path_text
json_value(json, path) -> json | The plain value at a path.
json_exists(json, path) -> true/false | Something is at the path.
json_array_length(json [, path]) -> whole number | Count of items.
json_keys(json [, path]) -> list | Names of an object.
json_type(json [, path]) -> text | Kind of value.
json_valid(text) -> true/false | Is JSON.
json_contains(json, part) -> true/false | Holds the part.
json_structure(json) -> json | Types of all parts.
json_object(name, value, ...) -> json | An object.
json_array(value, ...) -> json | An array.
json_merge_patch(a, b) -> json | The second laid over the first.
json_pretty(json) -> text | Indented.
json_quote(value) -> json | As JSON. | to_json array_to_json row_to_json
from_json(json, structure) -> value | Read into types. | json_transform
from_json_strict(json, structure) -> value | Read into types; fails on a misfit. | json_transform_strict
""",
    "Hashes and encodings": """
md5(text) -> text | MD5 in hexadecimal digits; not for secrets.
sha1(text) -> text | SHA-1 in hexadecimal digits; not for secrets.
sha256(text) -> text | SHA-256 in hexadecimal digits.
hex(value) -> text | In hexadecimal digits. | to_hex
unhex(text) -> bytes | From hexadecimal digits. | from_hex
bin(value) -> text | In binary digits. | to_binary
unbin(text) -> bytes | From binary digits. | from_binary
base64(bytes) -> text | In base 64. | to_base64
from_base64(text) -> bytes | From base 64.
encode(text) -> bytes | UTF-8 bytes.
decode(bytes) -> text | Text of UTF-8 bytes.
octet_length(bytes) -> whole number | Count of bytes.
bit_length(text) -> whole number | Count of bits.
to_base(number, base) -> text | In another base, 2 to 36.
uuid_extract_timestamp(uuid) -> date and time (zone) | When a version 7 UUID was made.
uuid_extract_version(uuid) -> whole number | A UUID's version.
parse_filename(path) -> text | File name of a path.
parse_dirname(path) -> text | First folder of a path.
parse_dirpath(path) -> text | Folder of a path.
parse_path(path) -> list | Parts of a path.
""",
}

_AGGREGATE = {
    "Aggregates": """
count(value) -> whole number | Rows that are not null; count(*) counts all. | count_star
count_if(condition) -> whole number | Rows for which it is true. | countif
sum(x) -> number | Sum; null for no rows.
avg(x) -> number | Mean. | mean
min(x) -> value | Smallest.
max(x) -> value | Largest.
min_by(value, x) -> value | The value where x is smallest. | arg_min argmin
max_by(value, x) -> value | The value where x is largest. | arg_max argmax
median(x) -> value | Middle value.
mode(x) -> value | Most frequent value.
quantile_cont(x, share) -> number | Value below which a share lies, in between where needed.
quantile_disc(x, share) -> value | Value below which a share lies, one that occurs. | quantile
approx_quantile(x, share) -> number | Nearly the quantile, in bounded memory.
approx_count_distinct(x) -> whole number | Nearly the count of different values.
stddev_samp(x) -> number | Standard deviation of a sample. | stddev
stddev_pop(x) -> number | Standard deviation.
var_samp(x) -> number | Variance of a sample. | variance
var_pop(x) -> number | Variance.
mad(x) -> value | Median distance from the median.
sem(x) -> number | Standard error of the mean.
skewness(x) -> number | Skewness.
kurtosis(x) -> number | Kurtosis of a sample.
kurtosis_pop(x) -> number | Kurtosis.
entropy(x) -> number | Entropy in bits.
corr(y, x) -> number | Correlation.
covar_pop(y, x) -> number | Covariance.
covar_samp(y, x) -> number | Covariance of a sample.
regr_slope(y, x) -> number | Slope of the fitted line.
regr_intercept(y, x) -> number | Where the fitted line crosses zero.
regr_r2(y, x) -> number | How well the line fits.
regr_count(y, x) -> whole number | Rows where both are not null.
product(x) -> number | Product.
fsum(x) -> number | Sum with less rounding error. | kahan_sum sumkahan
favg(x) -> number | Mean with less rounding error.
geomean(x) -> number | Geometric mean. | geometric_mean
weighted_avg(x, weight) -> number | Weighted mean. | wavg
bool_and(x) -> true/false | All true.
bool_or(x) -> true/false | One is true.
bit_and(x) -> whole number | Bits set in all.
bit_or(x) -> whole number | Bits set in any.
bit_xor(x) -> whole number | Bits set an odd number of times.
first(x ORDER BY ...) -> value | First value; give an order.
last(x ORDER BY ...) -> value | Last value; give an order.
any_value(x) -> value | The first value met that is not null; give an order. | arbitrary
string_agg(x, separator ORDER BY ...) -> text | Joined into one text. | group_concat listagg
list(x ORDER BY ...) -> list | All values in a list. | array_agg
histogram(x) -> map | Count for each value.
json_group_array(x) -> json | All values in a JSON array.
json_group_object(name, x) -> json | Names and values in a JSON object.
""",
}

_WINDOW = {
    "Windows": """
row_number() OVER (...) -> whole number | 1, 2, 3 ... within the window.
rank() OVER (...) -> whole number | Place with gaps after ties.
dense_rank() OVER (...) -> whole number | Place without gaps. | rank_dense
percent_rank() OVER (...) -> number | Place as a share.
cume_dist() OVER (...) -> number | Share of rows up to here.
ntile(parts) OVER (...) -> whole number | Number of the equal part.
lag(value [, rows [, other]]) OVER (...) -> value | Value some rows before.
lead(value [, rows [, other]]) OVER (...) -> value | Value some rows after.
first_value(value) OVER (...) -> value | First of the window.
last_value(value) OVER (...) -> value | Last of the window.
nth_value(value, n) OVER (...) -> value | The nth of the window.
fill(value) OVER (...) -> value | Gaps filled in between neighbours.
""",
}

OPERATORS = frozenset(
    "+ - * / // % ** ^ || & | << >> ~ @ ! ~~ !~~ ~~* !~~* ~~~ ^@ -> ->> @> <@ &&".split()  # noqa: SIM905 - read as words
)
"""What DuckDB's parse names as a function, but is written between or before values."""

SYNTAX = frozenset(
    {"like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape", "unnest"}
)  # fmt: skip
"""Function names that DuckDB's parser puts in for syntax."""

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
"""What a query may read from besides its inputs."""

_SAME = "a run must give the same result on the same data"
_MEMORY = "it can build a value of any size"
_OUTSIDE = "expressions reach no file, network, setting or catalogue"
REFUSED: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed"), _SAME)
    | dict.fromkeys(("hash", "approx_top_k", "reservoir_quantile"), _SAME)
    | dict.fromkeys(("nextval", "currval", "setval"), "sequences keep state between rows")
    | dict.fromkeys(("repeat", "bar", "list_resize", "array_resize"), _MEMORY)
    | dict.fromkeys(("sleep_ms", "pg_sleep"), "it only waits")
    | dict.fromkeys(("error", "assert_true"), "quality rules reject rows, with their own messages")
)
"""Functions people may look for, and why they are not here."""


def why_refused(name: str) -> str | None:
    """Return why a function DuckDB has is not part of Summit SQL, or None for an unknown one."""
    folded = name.casefold()
    if folded in REFUSED:
        return REFUSED[folded]
    reaches = ("read_", "parquet_", "sniff_", "duckdb_", "pragma_", "pg_", "iceberg_", "delta_",
               "json_execute", "current_", "getvariable", "getenv", "glob", "query", "which_secret",
               "_scan", "write_log", "st_read", "ducklake_", "sqlite_", "postgres_", "mysql_")  # fmt: skip
    return _OUTSIDE if folded.startswith(reaches) or folded.endswith("_scan") else None


@cache
def functions() -> Mapping[str, Function]:
    """Return every function of Summit SQL by its name, other names included, in listed order."""
    found: dict[str, Function] = {}
    for kind, groups in (("row", _ROW), ("aggregate", _AGGREGATE), ("window", _WINDOW)):
        for group, lines in groups.items():
            for line in lines.strip().splitlines():
                found |= _read(line, group, kind)
    return MappingProxyType(found)


def _read(line: str, group: str, kind: str) -> dict[str, Function]:
    signature, doc, *others = (part.strip() for part in line.split(" | "))
    name, bracket, rest = signature.partition("(")
    names = [name, *(others[0].split() if others else [])]
    return {n: Function(n, group, kind, n + bracket + rest, doc) for n in names}


TYPES = frozenset(
    """any bigint int8 long bignum varint bit bitstring blob bytea binary varbinary boolean bool
    logical date decimal numeric dec double float8 enum float real float4 hugeint int128 integer
    int int4 signed interval json smallint int2 short time timetz timestamp datetime timestamptz
    timestamp_s timestamp_ms timestamp_us timestamp_ns tinyint int1 ubigint uint64 uhugeint uint128
    uinteger uint32 usmallint uint16 utinyint uint8 int16 int32 int64 uuid guid varchar char bpchar
    text string list array struct row map union null nvarchar
    timestamptz_ns time_ns tuple variant geometry""".split()  # noqa: SIM905 - read as words
) | {"timestamp with time zone", "time with time zone", "timestamp without time zone"}
"""Names of types that a cast or a column may have, in small letters."""
