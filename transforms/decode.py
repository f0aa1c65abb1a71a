"""Text of a page from its bytes: byte-order mark, declared charset, strict UTF-8, then detection."""

from __future__ import annotations

import codecs
import re
from functools import cache
from importlib import resources

import tomli

from transforms.errors import RejectError
from transforms.records import Decoded

# Longest first: the UTF-32 mark begins with the UTF-16 one.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# First bytes of files that are no text, whatever their name says.
MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP or Office"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"SQLite format 3", "SQLite"),
    (b"\x7fELF", "ELF"),
    (b"\xd0\xcf\x11\xe0", "Office"),
    (b"OggS", "Ogg"),
    (b"ID3", "MP3"),
    (b"wOF", "font"),
)

# Tried in this order when nothing is declared; the common range is what running text is made of.
EAST_ASIAN = ("gb18030", "big5hkscs", "cp932", "euc-jp", "cp949")
# The characters a page of that language cannot do without: EUC-KR and GB 2312 share their ranges.
FREQUENT = {
    "gb18030": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过民前面",
    "big5hkscs": "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過民前面",
    "cp932": "のにはをたがでてとしれさいるあからなもこよう",
    "euc-jp": "のにはをたがでてとしれさいるあからなもこよう",
    "cp949": "이다는을의에가고은를하지한로기사서도대인자시리어정수해일부상그보나전",
}
# What the detector of one-byte charsets may answer: those of the standard that pages were written in.
SINGLE_BYTE = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "cp866",
    "koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-8", "mac-cyrillic",
)  # fmt: skip

META_BYTES = 4096  # the standard says 1,024; real pages put scripts before their declaration
SAMPLE_BYTES = 64 * 1024
SCORED_CHARS = 2_000  # enough of them tell the language
DETECTOR_BYTES = 8 * 1024  # the detector takes a fifth of a millisecond a kilobyte
PLAUSIBLE = 0.75  # of an East Asian score; Latin and Cyrillic text read as Chinese stays below
BETTER = 0.4  # by so much another charset's score must be above that of the declared one
TOLERATED = 0.02  # invalid sequences among non-ASCII bytes that a declared charset may have
EVIDENT = 0.1  # with fewer invalid sequences it is UTF-8, whatever is declared: no accident makes so many valid ones
MIXED = 0.3  # with fewer it is likelier UTF-8 with a foreign fragment than anything else
FEW_HIGH = 12  # non-ASCII bytes; fewer speak against no declaration

_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
_WIDE_LE_TAG = re.compile(rb"<\x00[!/a-zA-Z]\x00")
_WIDE_BE_TAG = re.compile(rb"\x00<\x00[!/a-zA-Z]")
_WIDE = re.compile(r"[^\x00-\x7f]+")
_C1 = re.compile(rb"[\x80-\x9f]")
_MARKUP = re.compile(rb"[<>\n]+")
_HIGH_BYTES = bytes(range(0x80, 0x100))
_CONTROL_BYTES = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])


def decode(data: bytes, *, charset: str | None = None) -> Decoded:
    """The text of `data`; `charset` is what HTTP or the archive said.

    Bad bytes become U+FFFD and are counted. A declared charset that plainly fails gives way to UTF-8 or to
    what the bytes look like. Raises RejectError `empty_input` or `binary_input` only.

    >>> decode("<meta charset=gb2312>数据".encode("gbk"))
    Decoded(text='<meta charset=gb2312>数据', charset='gb18030', source='meta', replaced_chars=0)
    """
    if not data.strip():
        raise RejectError(
            "decode", "empty_input", "The file is empty: there is nothing to extract.", f"{len(data)} bytes"
        )
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], codec, "bom")
    _refuse_binary(data)
    wide = _wide_codec(data)
    if wide:
        return _decoded(data, wide, "detected")
    return _choose(data, charset)


def find_codec(label: str | None) -> str | None:
    """The Python codec a charset label means, by the WHATWG standard; None for an unknown one.

    >>> find_codec("GB2312"), find_codec("x-sjis"), find_codec("no-such-thing")
    ('gb18030', 'cp932', None)
    """
    if not label:
        return None
    name = label.strip().strip("\"';").lower()
    labels = _labels()
    name = labels.get(name, name)
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Python also has codecs that are no charsets (rot13, base64) or that pages must not use.
    if not getattr(codec, "_is_text_encoding", True) or codec.name in {"utf-7", "idna", "punycode", "unicode_escape"}:
        return None
    return labels.get(codec.name, codec.name)


@cache
def _labels() -> dict[str, str]:
    text = (resources.files("transforms") / "lexicons" / "charsets.toml").read_text(encoding="utf-8")
    return {label: codec for table in tomli.loads(text).values() for codec, labels in table.items() for label in labels}


def _choose(data: bytes, charset: str | None) -> Decoded:
    utf8_text, utf8_bad = _try(data, "utf-8")
    high = _count(data, _HIGH_BYTES)
    utf8_share = utf8_bad / max(1, high)
    declared = [(find_codec(charset), "http"), (find_codec(_meta_label(data)), "meta")]
    best: tuple[float, Decoded] | None = None
    for codec, source in declared:
        if codec is None:
            continue
        if codec == "utf-8":
            text, bad = utf8_text, utf8_bad
        elif utf8_share <= EVIDENT and high >= 8:
            continue
        else:
            text, bad = _try(data, codec)
        share = bad / max(1, high)
        result = Decoded(text, codec, source, bad)
        if share <= TOLERATED:
            return _other_than(result, data, high) or result
        if best is None or share < best[0]:
            best = share, result
    if utf8_share <= MIXED:
        source = next((source for codec, source in declared if codec == "utf-8"), "detected" if high else "default")
        return Decoded(utf8_text, "utf-8", source, utf8_bad)
    codec = _detect(data)
    text, bad = _try(data, codec)
    if best is None or bad / max(1, high) < best[0]:
        return Decoded(text, codec, "detected", bad)
    return best[1]


def _other_than(declared: Decoded, data: bytes, high: int) -> Decoded | None:
    """The text in another East Asian charset, where the declared one has no bad bytes and makes no sense.

    Any bytes are valid windows-1252, and those of Big5 nearly always valid GBK.
    """
    codec = declared.charset
    if high < FEW_HIGH or (codec not in EAST_ASIAN and codec != "cp1252"):
        return None
    own = _score(declared.text, declared.replaced_chars, codec) if codec in EAST_ASIAN else 0.0
    if own > PLAUSIBLE:
        return None
    found, score = _likeliest(data)
    if found == codec or score <= PLAUSIBLE or score < own + BETTER:
        return None
    text, bad = _try(data, found)
    return Decoded(text, found, "detected", bad) if bad <= max(declared.replaced_chars, TOLERATED * high) else None


def _count(data: bytes, of: bytes) -> int:
    return len(data) - len(data.translate(None, of))


def _try(data: bytes, codec: str) -> tuple[str, int]:
    """Text and number of characters that had to be replaced (not those the page itself contains)."""
    try:
        return data.decode(codec), 0
    except UnicodeDecodeError:
        text = data.decode(codec, "replace")
        own = data.count(b"\xef\xbf\xbd") if codec == "utf-8" else 0
        return text, max(0, text.count("\N{REPLACEMENT CHARACTER}") - own)


def _decoded(data: bytes, codec: str, source: str) -> Decoded:
    text, bad = _try(data, codec)
    if not text.strip():
        raise RejectError("decode", "empty_input", "The file is empty: there is nothing to extract.", None)
    return Decoded(text, codec, source, bad)


def _meta_label(data: bytes) -> str | None:
    match = _META_CHARSET.search(data, 0, META_BYTES) or _XML_ENCODING.search(data, 0, 512)
    return match[1].decode("ascii", "replace") if match else None


def _refuse_binary(data: bytes) -> None:
    kind = next((name for magic, name in MAGIC if data.startswith(magic)), None)
    if kind is None and data[4:8] == b"ftyp":
        kind = "MP4"
    if kind is None and data.startswith(b"RIFF") and data[8:12] in {b"WEBP", b"WAVE", b"AVI "}:
        kind = "RIFF"
    sample = data[:SAMPLE_BYTES]
    if kind is None and _wide_codec(data) is None and _count(sample, _CONTROL_BYTES) > max(2, len(sample) // 100):
        kind = "control characters"
    if kind:
        raise RejectError(
            "decode",
            "binary_input",
            "This is a binary file, not a page: give HTML or Markdown (unpack archives first).",
            f"looks like {kind}, {len(data)} bytes",
        )


def _wide_codec(data: bytes) -> str | None:
    """UTF-16 without a mark: the NULs of its ASCII stand all on one side."""
    sample = data[:2048]
    if b"\x00" not in sample:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 20 * even and _WIDE_LE_TAG.search(sample):
        return "utf-16-le"
    if even > 20 * odd and _WIDE_BE_TAG.search(sample):
        return "utf-16-be"
    return None


def _detect(data: bytes) -> str:
    """The likeliest codec of bytes that are no UTF-8 and declare nothing true."""
    high = _HIGH.findall(data[: 4 * SAMPLE_BYTES])
    sample = b" ".join(high)[:SAMPLE_BYTES]
    if not sample:
        return "utf-8"
    codec, score = _likeliest(data)
    return codec if score > PLAUSIBLE else _detect_single_byte(data)


def _likeliest(data: bytes) -> tuple[str, float]:
    """The East Asian charset that suits best, and its score."""
    # The second bytes of Big5 and Shift_JIS may be ASCII, so that runs of high bytes tell nothing.
    scores = {codec: _score(*_try(data[: 2 * SAMPLE_BYTES], codec), codec) for codec in EAST_ASIAN}
    codec = max(EAST_ASIAN, key=scores.__getitem__)
    return codec, scores[codec]


def _score(text: str, bad: int, codec: str) -> float:
    """How much the non-ASCII characters are everyday ones of this codec's language; 0 to 2, less for bad bytes."""
    wide = "".join(_WIDE.findall(text, 0, 2 * SAMPLE_BYTES))
    if not wide:
        return 0.0
    common, frequent = _common_chars(codec), frozenset(FREQUENT[codec])
    sample = wide[:SCORED_CHARS]
    return sum((char in common) + (char in frequent) for char in sample) / len(sample) - 5 * bad / len(wide)


@cache
def _common_chars(codec: str) -> frozenset[str]:
    kana = {chr(code) for code in range(0x3041, 0x30F7)} | {"ー"}
    marks = set("，。、；：？！“”‘’（）《》「」『』…—·　％～【】")
    if codec == "gb18030":
        return frozenset(_rows("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF)) | marks)
    if codec == "big5hkscs":
        trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
        return frozenset(_rows("big5", range(0xA4, 0xC7), trails) | marks)
    if codec == "cp949":
        return frozenset(_rows("euc_kr", range(0xB0, 0xC9), range(0xA1, 0xFF)) | marks)
    return frozenset(_rows("euc_jp", range(0xB0, 0xD0), range(0xA1, 0xFF)) | kana | marks)


def _rows(codec: str, leads: range, trails: range | list[int]) -> set[str]:
    return {char for lead in leads for char in (bytes((lead, t)).decode(codec, "ignore") for t in trails) if char}


def _detect_single_byte(data: bytes) -> str:
    import chardet  # a tenth of a second to import, needed by few pages

    # Split, and no expression around a high byte: that would try every byte of a long line of ASCII.
    pieces = [piece for piece in _MARKUP.split(data[: 4 * SAMPLE_BYTES]) if _HIGH.search(piece)]
    sample = b"\n".join(pieces)[:DETECTOR_BYTES]
    # Letters and quotation marks of windows-125x stand where ISO 8859 has control characters, which pages have not.
    is_iso = not _C1.search(sample)
    allowed = [codec for codec in SINGLE_BYTE if is_iso or not codec.startswith("iso")]
    found = chardet.detect(sample, include_encodings=allowed)
    return find_codec(found["encoding"]) or "cp1252"
