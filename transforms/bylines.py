"""Credits read from visible text: 作者：, 编辑：, 来源：, （记者 X）, 证券时报 in closing brackets, "By X and Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from transforms.metadata_lexicon import fold_label, load_metadata_lexicon
from transforms.names import (
    clean_name,
    clean_names,
    has_han,
    is_agency,
    is_chinese_name,
    is_latin_name,
    is_organisation,
    is_outlet,
)

_VALUE_END = re.compile(r"[；;。\n）)】\]〕]|\s{3,}|　{2,}")
_COMMA = re.compile(r"[，,]")
_ACCOUNT = re.compile(
    r"(?:来自|转自|选自|来源于?|首发于|首发|转载自|授权转载自|发布于|出自)?\s*[:：]?\s*(?:微信|微信订阅)?(?:公众号|公号|订阅号)\s*[:：]?\s*"
    r"(?P<open>[“\"「『《【‘'])\s*(?P<name>[^”\"」』》】’'（()，,。：:]{1,24}?)\s*[”\"」』》】’'（(]"
    r"|(?:来自|转自|选自|首发于|转载自|出自)\s*(?:微信)?(?:公众号|公号|订阅号)\s*[:：]?\s*(?P<bare>[^\s“”\"「」《》【】（()，,。：:；;]{2,20})"
)
_BRACKET_REPORTER = re.compile(
    r"[（(【](?P<outlet>[^（）()【】，,。\d]{0,14}?)(?:特约|见习|实习|首席|特派)?(?:记者|記者|通讯员)\s*[:：|｜]?\s*(?P<names>[^（）()【】。\d]{2,40})[）)】]"
)
_LINE_REPORTER = re.compile(
    r"^\W{0,3}(?P<outlet>[^\s，。,：:（(]{0,12}?)(?:特约|见习|实习|首席|特派)?(?:记者|記者)\s*[|｜:：]?\s*(?P<names>\S[^，。,：:；;！？]{1,40})$"
)
# Of papers in Taiwan: 「聯合報 記者林曉明／台中即時報導」, 「（中央社記者王小明台北3日電）」.
_PLACED_REPORTER = re.compile(
    r"(?P<outlet>[\u3400-\u9fff]{2,8})?[\s〔（(\[]*[記记]者\s*(?P<names>[\u3400-\u9fff]{2,4}(?:[、，\s]\s*[\u3400-\u9fff]{2,4}){0,4})"
    r"\s*[／/]\s*[\u3400-\u9fff]{2,10}[報报][導道]"
    r"|(?P<agency>[\u3400-\u9fff]{2,6}社)?[記记]者(?P<wired>(?:[\u3400-\u9fff]{2,3}、)*[\u3400-\u9fff]{3})"
    r"(?=[\u3400-\u9fff]{2,6}\d{1,2}日[^）)]{0,4}[電电])"
)
_CLOSING = re.compile(r"[（(【]\s*(?P<value>[^（）()【】]{2,40}(?:\)\s*/\s*\([a-zäöü]{2,4})?)\s*[）)】]\s*[。.]?\s*$")
_DATELINE = re.compile(
    r"^[\s【\[]*(?P<outlet>[^\s，。,（(【】、：:\d][^，。,（(【】、：:\d]{1,11}?)\s*[】\]]?\s*"
    r"(?:(?:北京时间)?\s*\d{1,2}\s*月\s*\d{1,2}\s*日)\s*(?:晚间|上午|下午|早间|凌晨)?\s*(?:讯|消息|快讯|电)"
    r"|^[\s【\[]*(?P<bare>[^\s，。,（(【】、：:\d][^\s，。,（(【】、：:\d]{1,9}?)(?:讯|快讯)[\s，,　]"
)
_NO_OUTLET = re.compile(
    r"^(?:据|有|今日|昨日|今天|昨天|最新|近日|日前|截至|记者|快|通|简|资|喜|电|另|又|该|此|本|其|并|但|而|对|在|从|于)"
)
# 「来源于 财新网」 on a line of its own: what these words mean they mean without a colon.
_TAKEN_FROM = re.compile(r"\W{0,3}(?:来源于|转载自|转自|摘自|原载于?)\s+(?P<name>[\u3400-\u9fff]\S{1,15})\W{0,3}")
_KANA = re.compile(r"[\u3040-\u30ff]")
# Family name and given name, mostly in kanji: 山科真由美.
_JAPANESE = re.compile(
    r"(?!.*(?:共同|時事|敬称|以下|終|続|撮影|聞き手|構成|写真|提供|記者|編集|訳|部$|社$|年|月|日|円|税|同上|省略))"
    r"[\u3400-\u9fff々]{2,4}[\u3400-\u9fff々ヶ\u3040-\u309f]{1,3}"
)
_SENTENCE_END = re.compile(r"[.!?…\"”“»«'’]\s*$")
_SLASH = re.compile(r"\s*(?:\)\s*/\s*\(|[/,;])\s*")
_THIS_WAS = re.compile(
    r"^(?:this|the)\s+(?:piece|article|story|essay|post|interview|report|text)\s+(?:was|has been|is)\s+", re.IGNORECASE
)
_BRACKETS = " \t\u3000（）()【】[]「」〔〕■□●◆▲|｜"
_PEOPLE_LABELS = frozenset({"authors", "editors", "other"})
_OF_PICTURES = re.compile(r"摄|攝|图|圖|视频|视觉|版面|美术|音频|影像")
_WROTE_AND_DREW = re.compile(r"\s*(?:[文图]\s*[/／、]?\s*[文图]|摄影报道|图文报道)\s*$")
_REPORTED_FROM = re.compile(
    r"(?<=.)(?:北京|上海|广州|深圳|杭州|成都|武汉|重庆|南京)?(?:综合报道|报道|综合|整理|编译|摄影|[发發]自.*|摄|电|文)$"
)
_CAPITAL = re.compile(r"[A-ZÀ-Þ]")
_SOURCE_TRIM = " \t\u00a0\u3000“”\"「」『』《》【】[]‘’'：:|｜/-—,，.。·@"


@dataclass(frozen=True, slots=True)
class Credit:
    """One credited name: field authors, editors, source_name or other, and the rule that read it."""

    field: str
    value: str
    rule: str


def read_credits(text: str) -> list[Credit]:
    """Names after labels, in order; a label that names nobody we keep (摄影, 校对) ends the value before it.

    >>> [(c.field, c.value) for c in read_credits("作者：李哩哩 柠檬，编辑：月见；来源公众号：新熵，洞察商业变量")]
    [('authors', '李哩哩'), ('authors', '柠檬'), ('editors', '月见'), ('source_name', '新熵')]
    """
    lexicon = load_metadata_lexicon()
    found: list[Credit] = []
    account = _ACCOUNT.search(text)
    matches = list(lexicon.label.finditer(text))
    for index, match in enumerate(matches):
        field = _field_of(match["label"])
        if field not in {"authors", "editors", "source_name"}:
            continue
        if index and match.start() < matches[index - 1].end():
            continue
        limit = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        value = text[match.end() : max(match.end(), limit)][:120]
        end = _VALUE_END.search(value.lstrip())
        if end:
            value = value.lstrip()[: end.start()]
        if field == "source_name":
            source = clean_source(value)
            if source and not (account and source in {account["name"], account["bare"]}):
                found.append(Credit(field, source, "byline:label"))
        else:
            found += [Credit(field, name, "byline:label") for name in _label_names(value)]
    if account:
        source = clean_source(account["name"] or account["bare"] or "")
        if source:
            found.append(Credit("source_name", source, "byline:label"))
    if not found and len(text) <= 60:
        for line in text.split("\n")[:2]:
            found += _spaced_credits(line)
            if (taken := _TAKEN_FROM.fullmatch(line)) and (source := clean_source(taken["name"])):
                found.append(Credit("source_name", source, "byline:label"))
    return found


def _field_of(label: str) -> str:
    """What a label names; one that is not in the lexicon is some paper's own reporter or editor, 「南岸编辑」."""
    label = fold_label(label)
    fields = load_metadata_lexicon().labels
    if label in fields:
        return fields[label]
    if _OF_PICTURES.search(label):
        return "other"
    return "editors" if label.endswith(("编辑", "編輯")) else "authors"


def _spaced_credits(text: str) -> list[Credit]:
    """Credits that are set apart by blanks alone, where the whole text is such: 「（编辑 祝青 校对 王五）」."""
    words = text.strip(_BRACKETS).split()
    fields = load_metadata_lexicon().labels
    if len(words) < 2 or len(words) > 16 or words[0] not in fields:
        return []
    found: list[Credit] = []
    names: list[str] = []
    named = fields[words[0]]
    for at, word in enumerate(words):
        if word in fields:
            named = fields[word]
            if named not in _PEOPLE_LABELS:
                return []
        else:
            names.append(word)
        if names and (at + 1 == len(words) or words[at + 1] in fields):
            cleaned = clean_names(" ".join(names))
            if not cleaned or not all(is_chinese_name(name) for name in cleaned):
                return []
            found += [Credit(named, name, "byline:label") for name in cleaned]
            names = []
    return [credit for credit in found if credit.field != "other"]


def _label_names(value: str) -> list[str]:
    """Names of a label's value, which ends at a comma unless names go on behind it."""
    pieces = _COMMA.split(value)
    names = list(clean_names(pieces[0]))
    for piece in pieces[1:]:
        more = clean_names(piece)
        if not more or not all(is_chinese_name(name) for name in more):
            break
        names += more
    if len(pieces[0]) > 40 and not names[1:]:
        return []
    return [name for name in names if len(name) <= 24]


def clean_source(value: str) -> str | None:
    """The outlet in a 来源 value, without quotes, ids, dates and what follows a comma; None where none is."""
    lexicon = load_metadata_lexicon()
    value = re.split(r"[，,；;。\n（(]|\s+(?=\d{4}[-年/.])|\s{2,}|　", value.strip(_SOURCE_TRIM))[0].strip(_SOURCE_TRIM)
    value = re.sub(r"^(?:微信)?(?:公众号|公号|订阅号)[:：\s]*", "", value).strip(_SOURCE_TRIM)
    value = re.sub(r"\s*\d{4}[-年/.]\d.*$", "", value).strip(_SOURCE_TRIM)
    if "《" in value and "》" not in value[value.rindex("《") :]:
        value += "》"  # 「民声网－《民声日报》」
    if not 2 <= len(value) <= 40 or value.lower() in lexicon.no_names or re.search(r"https?:|[?？!！]|\d{5,}", value):
        return None
    if fold_label(value) in lexicon.labels or not any(char.isalpha() for char in value):
        return None
    return value


def read_reporters(text: str, *, is_short_line: bool = False) -> list[Credit]:
    """Reporters named without a label's colon: （新京报记者 X Y）, and 「本报记者 X 实习生 Y」 on a line of its own.

    >>> [c.value for c in read_reporters("□本报记者　闵　琦　通讯员　吴二林　文/图", is_short_line=True)]
    ['闵琦', '吴二林']
    >>> [c.value for c in read_reporters("（中央社記者王小明、林美華台北3日電）")]
    ['王小明', '林美華', '中央社']
    """
    if ("記者" in text or "记者" in text) and (placed := _PLACED_REPORTER.search(text)):
        return _placed_reporters(placed)
    matches = list(_BRACKET_REPORTER.finditer(text))
    if is_short_line and not matches and (line := _LINE_REPORTER.match(text.strip())):
        matches = [line]
    found: list[Credit] = []
    lexicon = load_metadata_lexicon()
    for match in matches:
        value = _WROTE_AND_DREW.sub("", match["names"])
        if re.search(r"图片|摄影|摄像", match["outlet"]) or re.search(r"[摄攝图]\s*$", value):
            continue
        names = [name for part in lexicon.reporter.split(value) for name in _reporters(part)]
        if names and all(is_chinese_name(name) or _CAPITAL.match(name) for name in names):
            found += [Credit("authors", name, "byline:reporter") for name in dict.fromkeys(names)]
            outlet = clean_source(match["outlet"])
            if outlet and is_outlet(outlet) and outlet not in {"本报", "本网", "本台"}:
                found.append(Credit("source_name", outlet, "byline:outlet"))
    return found


def _placed_reporters(match: re.Match[str]) -> list[Credit]:
    names = [name for name in re.split(r"[、，\s]+", match["names"] or match["wired"]) if is_chinese_name(name)]
    found = [Credit("authors", name, "byline:reporter") for name in names]
    outlet = match["outlet"] or match["agency"]
    if found and outlet and is_outlet(outlet):
        found.append(Credit("source_name", outlet, "byline:outlet"))
    return found


def _reporters(value: str) -> list[str]:
    """The names behind one role, without the place and the word that end them: 「贺立东 淮口、绍门报道」."""
    words = value.split()
    if len(words) > 1 and _REPORTED_FROM.search(words[-1]):
        words.pop()
    names = clean_names(" ".join(words))
    return [_REPORTED_FROM.sub("", name) if is_chinese_name(name[:2]) else name for name in names]


def read_closing(text: str) -> Credit | None:
    """The name in brackets that closes an article: an outlet （证券时报）, a writer （李楠） or "(Jens Lohmann)"."""
    match = _CLOSING.search(text[-60:])
    if match is None:
        return None
    value = match["value"].strip()
    if re.search(r"记者|編輯|编辑|完|图|未完|续|注", value):
        return None
    if not has_han(value):
        return _latin_closing(value, text[-60:][: match.start()])
    if len(value) > 24 or read_credits(value):
        return None
    if is_outlet(value):
        return Credit("source_name", value, "byline:outlet")
    names = clean_names(value)
    is_name = _JAPANESE.fullmatch if _KANA.search(text) else is_chinese_name
    if names and len(names) <= 3 and all(is_name(name) for name in names):
        return Credit("authors", "、".join(names), "byline:closing")
    return None


def _latin_closing(value: str, before: str) -> Credit | None:
    """A writer's whole name, or an agency, behind the last sentence's stop; signs such as (jl) are left."""
    if not _SENTENCE_END.search(before):
        return None
    parts = [part.strip() for part in _SLASH.split(value)]
    persons = [part for part in parts if is_latin_name(part) and not is_organisation(part)]
    if persons and all(part in persons or len(part) <= 4 or is_agency(part) for part in parts):
        return Credit("authors", ", ".join(persons), "byline:closing")
    agencies = [part for part in parts if is_agency(part)]
    if agencies and all(part in agencies or len(part) <= 4 for part in parts):
        return Credit("source_name", "/".join(agencies), "byline:closing")
    return None


def read_edited(text: str) -> list[Credit]:
    """The editors a line names, and what it says of who reported: "(Reporting by Jane Doe; Editing by John Roe)".

    >>> [c.value for c in read_edited("This piece was edited by Petra Wynne.")], read_edited("A book edited by Jo Roe")
    (['Petra Wynne'], [])
    """
    lexicon = load_metadata_lexicon()
    if len(text) > 160 or not any(mark in text for mark in lexicon.edited_marks):
        return []
    found: list[Credit] = []
    for part in re.split(r"[;()（）]", text):
        part = _THIS_WAS.sub("", part.strip(" .\t"))
        match = lexicon.edited.match(part)
        names = clean_names(part[match.end() :]) if match else ()
        if names and all(is_latin_name(name) and not is_organisation(name) for name in names):
            found += [Credit("editors", name, "byline:edited") for name in names]
    return found


def read_dateline(text: str) -> Credit | None:
    """The outlet that opens a flash: 「品玩 11 月 29 日讯」, 「新浪科技讯 …」."""
    match = _DATELINE.match(text[:80])
    if match is None:
        return None
    value = (match["outlet"] or match["bare"]).strip()
    if _NO_OUTLET.match(value) or re.search(r"记者|記者", value):
        return None
    lexicon = load_metadata_lexicon()
    squashed = re.sub(r"\s", "", value).lower()
    known = next(
        (value[: len(outlet)] for outlet in lexicon.outlets if squashed.startswith(outlet) and " " not in value), None
    )
    value = known or value
    if match["bare"] and not is_outlet(value):
        return None
    return Credit("source_name", value, "byline:dateline") if clean_name(value) else None


def read_by(text: str) -> list[Credit]:
    """Names of a Western byline line, "By Jane Doe and John Roe"; [] if the line is none."""
    lexicon = load_metadata_lexicon()
    if len(text) > 160 or not lexicon.by.match(text):
        return []
    opening = lexicon.by.match(text)
    names = clean_names(text)
    is_explicit = opening is not None and len(opening[0].split()) > 1  # "posted by" is never the start of a sentence
    if not names or not all(is_explicit or _is_latin_name(name) for name in names):
        return []
    return [Credit("authors", name, "byline:by") for name in names]


def _is_latin_name(name: str) -> bool:
    words = name.split()
    return (
        1 <= len(words) <= 5 and words[0][:1].isupper() and sum(word[:1].isupper() for word in words) * 2 > len(words)
    )
