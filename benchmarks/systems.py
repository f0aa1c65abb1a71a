"""The systems side by side, each behind one interface, each in a process of its own Python.

    python -m benchmarks.systems NAME     # answers requests on standard input, one JSON object a line

A system reads whole articles, in the way that suits it best: `answers` is what is timed, `rows` turns what it found
into rows as our claims have them. This module runs in the peers' environment too: only the standard library at the top.
"""

from __future__ import annotations

import gc
import sys
import time
from bisect import bisect_right
from importlib import import_module
from importlib.metadata import version
from typing import Any

from benchmarks.generated import Article
from benchmarks.workers import serve

# A pass over a short text is repeated for so long; the fastest pass counts.
MIN_TIMED_SECONDS = 0.3
Row = dict[str, Any]

# Units as the two English unit catalogues name them → the symbols of our rows; others keep their names.
UNITS = {
    "percentage": "%", "per cent": "%", "per mille": "‰", "basis point": "bp", "year": "a", "month": "mo",
    "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms", "microsecond": "us",
    "c": "Cel", "degree celsius": "Cel", "f": "[degF]", "degree fahrenheit": "[degF]", "k": "K", "kelvin": "K",
    "degree": "deg", "degree angle": "deg", "nanometer": "nm", "nanometre": "nm", "micrometer": "um",
    "micrometre": "um", "millimeter": "mm", "millimetre": "mm", "centimeter": "cm", "centimetre": "cm",
    "decimeter": "dm", "decimetre": "dm", "meter": "m", "metre": "m", "kilometer": "km", "kilometre": "km",
    "inch": "in", "foot": "ft", "yard": "yd", "mile": "mi", "light-year": "ly", "light year": "ly",
    "square centimeter": "cm2", "square meter": "m2", "square metre": "m2", "square kilometer": "km2",
    "square kilometre": "km2", "square foot": "ft2", "square mile": "mi2", "milliliter": "mL", "millilitre": "mL",
    "liter": "L", "litre": "L", "cubic meter": "m3", "cubic metre": "m3", "cubic centimeter": "cm3",
    "cubic centimetre": "cm3", "gallon": "gal", "microgram": "ug", "milligram": "mg", "gram": "g", "kilogram": "kg",
    "ton": "t", "tonne": "t", "metric ton": "t", "pound": "lb", "pound-mass": "lb", "ounce": "oz", "joule": "J",
    "calorie": "cal", "kilocalorie": "kcal", "watt hour": "Wh", "megawatt hour": "MWh", "gigawatt hour": "GWh",
    "terawatt hour": "TWh", "kilowatt hour": "kWh", "milliwatt": "mW", "watt": "W", "kilowatt": "kW",
    "megawatt": "MW", "gigawatt": "GW", "horsepower": "hp", "volt": "V", "kilovolt": "kV", "ampere": "A",
    "milliampere-hour": "mAh", "pascal": "Pa", "kilopascal": "kPa", "megapascal": "MPa", "decibel": "dB",
    "hertz": "Hz", "kilohertz": "kHz", "megahertz": "MHz", "gigahertz": "GHz", "byte": "B", "kilobyte": "KB",
    "megabyte": "MB", "gigabyte": "GB", "terabyte": "TB", "petabyte": "PB", "kilobit per second": "kbps",
    "megabit per second": "Mbps", "gigabit per second": "Gbps", "megapixel": "pixel", "metre per second": "m/s",
    "meter per second": "m/s", "kilometre per hour": "km/h", "kilometer per hour": "km/h", "mile per hour": "mph",
    "knot": "kn", "revolutions per minute": "rpm", "carat": "carat", "mu": "亩", "jin": "斤", "li": "里",
}  # fmt: skip
# Of all other symbols: measure.
KINDS = dict.fromkeys(("a", "mo", "wk", "d", "h", "min", "s", "ms", "us"), "duration") | {
    "%": "percent", "‰": "percent", "bp": "percentage_point",
}  # fmt: skip
# Money without a code: bare $ and £ as on our side, and what is a part of a unit.
CURRENCIES = {
    "dollar": ("USD", 1), "cent": ("USD", 0.01), "dime": ("USD", 0.1), "pound": ("GBP", 1), "penny": ("GBP", 0.01),
    "pence": ("GBP", 0.01), "chinese yuan": ("CNY", 1), "jiao": ("CNY", 0.1), "fen": ("CNY", 0.01),
    "korean won": ("KRW", 1), "vietnamese dong": ("VND", 1), "philippine peso": ("PHP", 1),
}  # fmt: skip
JIONLP_CURRENCIES = {
    "元": "CNY", "美元": "USD", "港元": "HKD", "日元": "JPY", "韩元": "KRW", "欧元": "EUR", "英镑": "GBP",
    "澳元": "AUD", "加元": "CAD", "新台币": "TWD", "新加坡元": "SGD", "新西兰元": "NZD", "卢布": "RUB", "泰铢": "THB",
    "法郎": "CHF", "马克": "DEM", "缅元": "MMK", "马元": "MYR", "澳门元": "MOP", "台币": "TWD",
}  # fmt: skip


class System:
    """One extractor for one language, loaded and ready."""

    version = ""
    # Lines on which it raised: they count as lines without answers.
    failures = 0

    def __init__(self, language: str) -> None:
        self.language = language

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        """What it finds, in its own words: the timed part. With `bare` also numbers without a unit, if asked."""
        raise NotImplementedError

    def rows(self, article: Article, answers: list[Any]) -> list[Row]:
        """The answers as rows: line, start and end in it, kind, value, bounds, unit. A bare number counts items."""
        raise NotImplementedError

    def by_line(self, article: Article, read: Any) -> list[Any]:
        found = []
        for number, line in enumerate(article.lines):
            try:
                found.append((number, read(line)))
            except Exception:  # noqa: BLE001 - whatever a peer raises, the other lines still count
                self.failures += 1
        return found


Place = tuple[int, int, int]  # line, start and end in it


def row_of(place: Place, kind: str, unit: str, numbers: list[float], factor: float = 1.0) -> Row:
    """A row of one number, or of a range's first one and both bounds: right wherever either is asked for."""
    line, start, end = place
    low, high = (numbers[0] * factor, numbers[-1] * factor) if len(numbers) > 1 else (None, None)
    return {
        "line": line, "start": start, "end": end, "kind": kind, "unit": unit, "unit_text": "",
        "value": numbers[0] * factor, "value_low": low, "value_high": high, "bare": kind == "count",
    }  # fmt: skip


def money_row(place: Place, name: str, code: str | None, numbers: list[float]) -> Row:
    code, factor = (code, 1.0) if code else CURRENCIES.get(name.lower(), (name, 1.0))
    return row_of(place, "money", code, numbers, factor)


def unit_row(place: Place, name: str, numbers: list[float]) -> Row:
    symbol = UNITS.get(name.lower(), name)
    return row_of(place, KINDS.get(symbol, "measure"), symbol, numbers, 1e6 if name == "megapixel" else 1.0)


class Ours(System):
    """Every line of an article by one reader, as `transforms.extract` reads its blocks."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        from transforms.claims.extract import TextReader, finish
        from transforms.version import EXTRACTOR_VERSION

        self.reader, self.finish, self.version = TextReader, finish, EXTRACTOR_VERSION

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        from datetime import date

        day = date.fromisoformat(article.published[:10]) if article.published else None
        reader = self.reader(published=day)
        reader.prepare([article.title, *article.lines])
        claims = []
        for number, line in enumerate(article.lines):
            claims += reader.read(line, block_position=number)
        return self.finish(claims, "")

    def rows(self, article: Article, answers: list[Any]) -> list[Row]:
        def plain(number: Any) -> float | None:
            return None if number is None else float(number)

        return [
            {
                "line": claim.block_position, "start": claim.char_start, "end": claim.char_end, "kind": claim.kind,
                "unit": claim.unit, "unit_text": claim.unit_text, "value": plain(claim.value),
                "value_low": plain(claim.value_low), "value_high": plain(claim.value_high), "bare": False,
            }
            for claim in answers
            if claim.salience == "key"
        ]  # fmt: skip


class Recognizers(System):
    """Whole articles: its currency model builds its matchers anew at every call, so that few long calls are fastest."""

    # Most trusted first: of answers that overlap the first one stays. Ages are no claims of ours and are not asked for.
    MODELS = ("currency", "percentage", "temperature", "dimension", "number")

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.version = version("recognizers-text-number-with-unit")
        numbers = import_module("recognizers_number").NumberRecognizer()
        units = import_module("recognizers_number_with_unit").NumberWithUnitRecognizer()
        culture = {"zh": "zh-cn", "en": "en-us"}[language]
        self.models = {
            name: getattr(numbers if name in {"percentage", "number"} else units, f"get_{name}_model")(culture, False)
            for name in self.MODELS
        }

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        text = "\n".join(article.lines)
        return [(name, model.parse(text)) for name, model in self.models.items() if bare or name != "number"]

    def rows(self, article: Article, answers: list[Any]) -> list[Row]:
        starts = line_starts(article)
        rows: list[Row] = []
        for name, results in answers:
            for result in results:
                number = bisect_right(starts, result.start) - 1
                start = result.start - starts[number]
                place = (number, start, min(start + len(result.text), len(article.lines[number])))
                row = self._row(name, result.resolution or {}, place)
                if row is not None and not any(overlap(row, other) for other in rows):
                    rows.append(row)
        return rows

    @staticmethod
    def _row(name: str, resolution: dict[str, Any], place: Place) -> Row | None:
        try:
            value = [float((resolution.get("value") or "").rstrip("%"))]
        except ValueError:
            return None  # a unit without a number: 字节
        unit = resolution.get("unit") or ""
        if name == "currency":
            return money_row(place, unit, resolution.get("isoCurrency"), value)
        if name == "number":
            return row_of(place, "count", "item", value)
        return unit_row(place, "percentage" if name == "percentage" else unit, value)


class JioMoney(System):
    """Amounts of money by `jio.ner.extract_money`, parsed; it reads no other figures."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        if language != "zh":
            raise ValueError("reads Chinese only")
        self.version = version("jionlp")
        ner = import_module("jionlp").ner
        self.extract, self.extract_time = ner.extract_money, ner.extract_time

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        return self.by_line(article, self.extract)

    def rows(self, article: Article, answers: list[Any]) -> list[Row]:
        rows = []
        for line, found in answers:
            for money in found:
                number, name = money["detail"]["num"], money["detail"]["case"]
                numbers = [float(part) for part in (number if isinstance(number, list) else [number])]
                rows.append(money_row((line, *money["offset"]), name, JIONLP_CURRENCIES.get(name), numbers))
        return rows


class JioNLP(JioMoney):
    """Money, and times by `jio.ner.extract_time`, which stand to it as periods do to ours: all it knows of a claim."""

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        self.by_line(article, self.extract_time)
        return super().answers(article, bare=bare)


class Quantulum(System):
    """Line by line; without its classifier of ambiguous units, which takes longer and finds about as much."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        if language != "en":
            raise ValueError("reads English only")
        self.version = version("quantulum3")
        self.parse = import_module("quantulum3.parser").parse
        self.names = import_module("quantulum3.load").units("en_US").names

    def answers(self, article: Article, *, bare: bool = False) -> list[Any]:
        return self.by_line(article, self.parse)

    def rows(self, article: Article, answers: list[Any]) -> list[Row]:
        return [self._row(line, quantity) for line, found in answers for quantity in found]

    def _row(self, line: int, quantity: Any) -> Row:
        place = (line, *quantity.span)
        about, name = quantity.uncertainty or 0.0, quantity.unit.name
        numbers = [quantity.value - about, quantity.value + about] if about else [quantity.value]
        if name == "dimensionless":
            return row_of(place, "count", "item", numbers)
        if name == "dozen":
            return row_of(place, "count", "item", numbers, 12)
        if name == "count":  # 9.6 times
            return row_of(place, "multiple", "x", numbers)
        if name.lower() not in UNITS and quantity.unit.dimensions:
            name = quantity.unit.dimensions[0]["base"]  # dollar per barrel: the first one counts, as in the scorer
        unit = self.names.get(name)
        if unit is not None and unit.entity.name == "currency":
            return money_row(place, name, unit.currency_code, numbers)
        return unit_row(place, name, numbers)


SYSTEMS: dict[str, type[System]] = {
    "ours": Ours,
    "Recognizers-Text": Recognizers,
    "JioNLP": JioNLP,
    "JioNLP money": JioMoney,
    "quantulum3": Quantulum,
}
LANGUAGES_OF = {"ours": "zh en", "Recognizers-Text": "zh en", "JioNLP": "zh", "JioNLP money": "zh", "quantulum3": "en"}


def line_starts(article: Article) -> list[int]:
    """Where each line begins when the lines are joined by line ends."""
    starts = [0]
    for line in article.lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts[:-1]


def overlap(row: Row, other: Row) -> bool:
    return bool(row["line"] == other["line"] and max(row["start"], other["start"]) < min(row["end"], other["end"]))


def seconds_of(system: System, articles: list[Article]) -> float:
    """Seconds of the fastest pass over the articles."""
    best = total = 0.0
    gc.collect()
    while total < MIN_TIMED_SECONDS:
        start = time.perf_counter()
        for article in articles:
            system.answers(article)
        taken = time.perf_counter() - start
        best = min(best or taken, taken)
        total += taken
    return best


def answer(request: dict[str, Any], name: str, loaded: dict[str, System]) -> dict[str, Any]:
    """What the process says to one request: `load`, `rows` or `time`."""
    language = request["language"]
    articles = [Article(**article) for article in request.get("articles", [])]
    if request["do"] == "load":
        start = time.perf_counter()
        system = loaded[language] = SYSTEMS[name](language)
        for article in articles:
            system.answers(article, bare=True)
        return {"version": system.version, "seconds": time.perf_counter() - start}
    system = loaded[language]
    if request["do"] == "time":
        return {"seconds": seconds_of(system, articles)}
    system.failures = 0
    rows = [system.rows(article, system.answers(article, bare=True)) for article in articles]
    return {"rows": rows, "failures": system.failures}


def main() -> None:
    loaded: dict[str, System] = {}
    serve(lambda request: answer(request, sys.argv[1], loaded))


if __name__ == "__main__":
    main()
