"""The tables: the only place where a column exists.

Schema, validation, data dictionary and tests are made from these declarations.
"""

from __future__ import annotations

import pyarrow as pa

from transforms.table_spec import Column, ForeignKey, TableSpec

STRING = pa.string()
INT32 = pa.int32()
INT64 = pa.int64()
FLOAT = pa.float64()
BOOL = pa.bool_()
DATE = pa.date32()
TIME = pa.timestamp("us", tz="UTC")

METADATA_FIELDS = (
    "title",
    "subtitle",
    "authors",
    "editors",
    "site_name",
    "source_name",
    "published_at",
    "modified_at",
    "canonical_url",
    "language",
    "description",
    "image_url",
    "categories",
    "tags",
    "section",
    "page_type",
    "rights",
    "charset",
    "replaced_chars",  # of the page's text, where its bytes were wrong; no row where none was
)
METADATA_SOURCES = (
    "front_matter",
    "json_ld",
    "open_graph",
    "meta",
    "microdata",
    "html",
    "byline",
    "url",
    "http",
    "bytes",  # the page's own bytes: a byte-order mark, or what they look like
)
BLOCK_KINDS = ("paragraph", "heading", "list_item", "quote", "caption", "cell", "code")
PAGE_TYPES = ("article", "list", "video", "product", "forum")
PRECISIONS = ("day", "minute", "second")
CLAIM_KINDS = (
    "money",
    "percent",
    "percentage_point",
    "count",
    "multiple",
    "measure",
    "duration",
    "rank",
    "score",
    "index",
)
COMPARATORS = ("eq", "approx", "gt", "ge", "lt", "le", "range")
ROLES = ("level", "change", "share")
CHANGES = ("increase", "decrease", "unchanged")
BASES = ("yoy", "qoq", "mom", "wow", "dod")
MODALITIES = ("actual", "forecast", "target", "hypothetical")
SALIENCES = ("key", "minor")
RUN_STATUSES = ("completed", "failed", "interrupted")

# ---------------------------------------------------------------- columns that tables share

ARTICLE_ID = Column(
    "article_id",
    STRING,
    "The article. A hash of source_uri and nothing else, so it is the same on every machine and in every run.",
    "5f0f8b7c2d9e4a1b3c6d7e8f",
)
SOURCE_URI = Column(
    "source_uri",
    STRING,
    "Where the article was read: the source's name (--source-name) and the path inside it.",
    "posts/2022/06/16/goose-house.html",
)
RUN_ID = Column(
    "run_id",
    STRING,
    "The run that last changed this row.",
    "20220617T031502Z-3f9a1c",
)
PUBLISHED_DATE = Column(
    "published_date",
    DATE,
    "Day of publication in the page's own time zone.",
    "2022-06-16",
    rule="The stamp's offset where it says one other than GMT, else the site's or language's zone (--timezone).",
    null_means="no date was found",
)
HEADING_ID = Column(
    "heading_id",
    STRING,
    "The heading this text stands under; on a heading block, the heading itself.",
    "8d1c0f2b7a6e5d4c3b2a1908",
    null_means="text before the first heading",
)
BLOCK_POSITION = Column(
    "block_position",
    INT32,
    "Place of the block in the article, from 0.",
    "12",
)
CONTENT_SHA256 = Column(
    "content_sha256",
    STRING,
    "SHA-256 of the bytes that were read, in hexadecimal.",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)

_TO_ARTICLES = ForeignKey(("article_id",), "articles", ("article_id",))
_TO_HEADINGS = ForeignKey(("heading_id",), "headings", ("heading_id",))
_TO_BLOCKS = ForeignKey(("article_id", "block_position"), "blocks", ("article_id", "block_position"))
_TO_RUNS = ForeignKey(("run_id",), "runs", ("run_id",))


def _text(name: str, meaning: str, example: str, null_means: str, rule: str = "") -> Column:
    return Column(name, STRING, meaning, example, rule=rule, null_means=null_means)


def _choice(name: str, meaning: str, allowed: tuple[str, ...], null_means: str = "") -> Column:
    return Column(name, STRING, meaning, allowed[0], null_means=null_means, allowed=allowed)


# ---------------------------------------------------------------- articles

ARTICLES = TableSpec(
    "articles",
    "One article: the chosen metadata and the whole text.",
    columns=(
        ARTICLE_ID,
        SOURCE_URI,
        _text(
            "canonical_url",
            "The page's own address.",
            "https://example.com/a/1.html",
            "the page names none",
            rule="From link rel=canonical, JSON-LD, og:url or the address it was fetched from.",
        ),
        _text("site_name", "The site that carries the page.", "人人都是产品经理", "none was found"),
        _text("title", "The headline, without the site's name at its end.", "鹅家大门常打开", "none was found"),
        _text("subtitle", "The line below the headline (dek).", "Profit rose for a third quarter", "there is none"),
        _text("authors", 'The writers; several are joined with "; ".', "李哩哩; 柠檬", "none was found"),
        _text("editors", 'The editors; several are joined with "; ".', "月见", "none was found"),
        _text(
            "source_name",
            "The outlet or account the text is credited to.",
            "证券时报网",
            "the text credits none",
            rule="From 来源, 来源公众号, via and the like.",
        ),
        Column(
            "published_at",
            TIME,
            "The moment of publication in UTC.",
            "2022-06-16T02:30:00Z",
            null_means="no date was found, or only its day is known",
        ),
        PUBLISHED_DATE,
        _text("published_month", "Year and month of published_date.", "2022-06", "no date was found"),
        _choice(
            "published_precision", "How exactly the time of publication is known.", PRECISIONS, "no date was found"
        ),
        Column(
            "modified_at",
            TIME,
            "The moment of the last change in UTC.",
            "2022-06-17T08:00:00Z",
            null_means="none was found",
        ),
        _text("language", "Main language of the text as a BCP 47 tag.", "zh", "the text is too short to say"),
        _text("description", "The page's own summary.", "腾讯广告收入下滑。", "the page has none"),
        _text(
            "image_url",
            "The lead image, taken out of image proxies.",
            "https://example.com/a.jpg",
            "the page names none",
        ),
        _text("categories", 'Categories; several are joined with "; ".', "产品; 运营", "the page names none"),
        _text("tags", 'Keywords; several are joined with "; ".', "腾讯; 广告", "the page names none"),
        _choice(
            "page_type",
            "What kind of page it is, by what it says of itself; a dated page that does not say is an article.",
            PAGE_TYPES,
            "the page does not say and has no date",
        ),
        _text("rights", "Licence or rights note.", "CC BY 4.0", "the page has none"),
        _text(
            "text", "The article's text, one block a line.", "2021年，网络广告收入886.66亿元。", "left out by --no-text"
        ),
        Column("char_count", INT32, "Length of the text.", "5120", unit="characters (code points)"),
        Column("heading_count", INT32, "Rows of this article in headings.", "3", unit="rows"),
        Column("claim_count", INT32, "Rows of this article in claims.", "14", unit="rows"),
        Column(
            "body_confidence",
            FLOAT,
            "How sure the extractor is that the text is the article and nothing else.",
            "0.95",
            unit="0 to 1",
        ),
        _text(
            "duplicate_of",
            "The article with the first source_uri among those with the same canonical_url (or the same bytes, where "
            "they name none).",
            "0a1b2c3d4e5f60718293a4b5",
            "it stands alone or is the first",
        ),
        CONTENT_SHA256,
        Column("extractor_version", STRING, "Version of the extractor that made the row.", "0.1.0"),
        Column("extracted_at", TIME, "When the run that last changed this article began.", "2022-06-17T03:15:02Z"),
        RUN_ID,
    ),
    primary_key=("article_id",),
    sort_by=(),
    foreign_keys=(ForeignKey(("duplicate_of",), "articles", ("article_id",)), _TO_RUNS),
    volatile=("extracted_at", "run_id"),
)

# ---------------------------------------------------------------- metadata

METADATA = TableSpec(
    "metadata",
    "One value seen for one metadata field, chosen or not: it shows why the article has the value it has.",
    columns=(
        ARTICLE_ID,
        _choice("field", "The field the value is for.", METADATA_FIELDS),
        Column("position", INT32, "Place among the values of this article and field, from 0.", "0"),
        Column("value", STRING, "The value as it was found.", "Thu, 16 Jun 2022 00:00:00 GMT"),
        _choice("source", "Where in the page it was found.", METADATA_SOURCES),
        Column("is_chosen", BOOL, "Whether the article has this value.", "true"),
    ),
    primary_key=("article_id", "field", "position"),
    sort_by=("field", "position"),
    foreign_keys=(_TO_ARTICLES,),
)

# ---------------------------------------------------------------- headings

HEADINGS = TableSpec(
    "headings",
    "One heading inside an article's text.",
    columns=(
        Column("heading_id", STRING, "The heading: a hash of article, text and occurrence.", HEADING_ID.example),
        ARTICLE_ID,
        Column("position", INT32, "Place among the article's headings, from 0.", "2"),
        Column("level", INT32, "Level, 1 (highest) to 6.", "2"),
        Column("text", STRING, "The heading as written, its numbering included.", "二、广告收入下滑"),
        _text("numbering", "The numbering at its start.", "二、", "it is not numbered"),
        Column(
            "path",
            STRING,
            'From the title down to this heading, joined with " > ".',
            "鹅家大门常打开 > 二、广告收入下滑",
        ),
        _text(
            "parent_heading_id", "The heading it stands under.", "1c2d3e4f5a6b7c8d9e0f1a2b", "it stands under the title"
        ),
        _text("anchor", "The id or name that an address can point to.", "toc-2", "it has none"),
        Column("is_styled", BOOL, "True for a bold or larger paragraph that acts as a heading.", "false"),
        BLOCK_POSITION,
    ),
    primary_key=("heading_id",),
    sort_by=("position",),
    foreign_keys=(_TO_ARTICLES, ForeignKey(("parent_heading_id",), "headings", ("heading_id",)), _TO_BLOCKS),
)

# ---------------------------------------------------------------- blocks

BLOCKS = TableSpec(
    "blocks",
    "One stretch of article text: a paragraph, a list item, a table cell. The offsets of claims point into it.",
    columns=(
        ARTICLE_ID,
        BLOCK_POSITION,
        _choice("kind", "What the block is. Claims are read from all kinds but code.", BLOCK_KINDS),
        _text(
            "text",
            "The text; the only text that offsets point into.",
            "2021年，网络广告收入886.66亿元。",
            "left out by --no-text",
        ),
        HEADING_ID,
        Column("char_count", INT32, "Length of the text.", "20", unit="characters (code points)"),
        Column("table_number", INT32, "Which table of the article, from 0.", "0", null_means="not in a table"),
        Column("table_row", INT32, "Row in the table, from 0.", "3", null_means="not a table cell"),
        Column("table_column", INT32, "Column in the table, from 0.", "1", null_means="not a table cell"),
    ),
    primary_key=("article_id", "block_position"),
    sort_by=("block_position",),
    foreign_keys=(_TO_ARTICLES, _TO_HEADINGS),
)

# ---------------------------------------------------------------- claims

CLAIMS = TableSpec(
    "claims",
    "One number with its unit stated in an article's text.",
    columns=(
        Column(
            "claim_id",
            STRING,
            "The claim: a hash of article, quote, sentence and occurrence; an edit elsewhere in the page keeps it.",
            "c4d5e6f708192a3b4c5d6e7f",
        ),
        ARTICLE_ID,
        PUBLISHED_DATE,
        BLOCK_POSITION,
        Column("char_start", INT32, "Where the quote begins in the block's text.", "11", unit="code points from 0"),
        Column(
            "char_end",
            INT32,
            "Where it ends: text[char_start:char_end] is the quote.",
            "19",
            unit="code points, exclusive",
        ),
        HEADING_ID,
        Column("language", STRING, "Language of the rules that read it.", "zh"),
        Column("quote", STRING, "Number and unit exactly as written.", "886.66亿元"),
        Column("sentence", STRING, "The sentence it stands in.", "2021年，网络广告收入886.66亿元，同比增长8%。"),
        _choice("kind", "What sort of quantity it is.", CLAIM_KINDS),
        Column(
            "value",
            FLOAT,
            "The number in the base unit, scale applied (886.66亿元 is 88666000000; 11% is 11).",
            "88666000000",
            unit="column unit",
            null_means="the text gives only bounds",
        ),
        Column(
            "value_low", FLOAT, "Lower bound.", "30000", unit="column unit", null_means="the text gives no lower bound"
        ),
        Column(
            "value_high", FLOAT, "Upper bound.", "50000", unit="column unit", null_means="the text gives no upper bound"
        ),
        _text("value_text", "value as an exact decimal, without exponent.", "88666000000", "value is null"),
        _choice("comparator", "How the text bounds the number: 超过 is gt, 约 approx, 3到5 range.", COMPARATORS),
        Column("unit", STRING, "Unit of the values: ISO 4217, %, pp, bp, x, a counted noun, a unit symbol.", "CNY"),
        _text("unit_text", "The unit as written.", "元", "no unit is written"),
        _text("currency", "ISO 4217 code of the money in it, also in rates such as CNY/h.", "CNY", "not money"),
        Column("is_currency_inferred", BOOL, "True where the currency is not written (融资3亿).", "false"),
        Column("dimension", STRING, "What the unit measures.", "money"),
        Column(
            "value_si",
            FLOAT,
            "The value of a measure or duration in its dimension's SI unit.",
            "36000",
            unit="column unit_si",
            null_means="not a measure or duration, or value is null",
        ),
        _text("unit_si", "The SI unit of value_si.", "s", "value_si is null"),
        _choice("role", "A level, the size of a change, or a share of a stated whole.", ROLES),
        _choice(
            "change", "Direction of the change, or of the change that led to a level.", CHANGES, "no change is stated"
        ),
        Column(
            "change_pct",
            FLOAT,
            "Signed size of the change (下降8% is -8, 翻番 is 100, 腰斩 is -50).",
            "-8",
            unit="percent",
            null_means="no change, or its size in percent does not follow from the row",
        ),
        _choice(
            "basis", "What the change is measured against; only where the text says so.", BASES, "the text does not say"
        ),
        _text("metric", "What is measured, in the text's words.", "网络广告收入", "the text does not say"),
        _text(
            "metric_key",
            "metric folded for joining: one width, lower case, single spaces.",
            "revenue",
            "metric is null",
        ),
        _text("subject", "Whose number it is, in the text's words.", "腾讯", "the text does not say"),
        _text(
            "subject_key",
            "subject folded for joining: one width, lower case, single spaces.",
            "腾讯",
            "subject is null",
        ),
        _text("period_text", "The period in the text's words.", "2021年", "none is stated"),
        Column(
            "period_start",
            DATE,
            "First day of the period.",
            "2021-01-01",
            null_means="none is stated, or it has no dates",
        ),
        Column(
            "period_end", DATE, "Last day of the period.", "2021-12-31", null_means="none is stated, or it has no dates"
        ),
        _text("attribution", "Who says so, in the text's words.", "亿邦动力", "the text credits nobody"),
        _choice("modality", "Whether it happened, is expected, is aimed at or supposed.", MODALITIES),
        Column("is_negated", BOOL, "True where the text denies it.", "false"),
        _choice("salience", "key, or minor: small counts, ages, durations that only set a period.", SALIENCES),
        _text(
            "repeat_of",
            "The first claim of the article with the same subject, metric, value, unit and period.",
            "b3c4d5e6f708192a3b4c5d6e",
            "it is the first",
        ),
        Column("confidence", FLOAT, "How often rows of its rule are right in value and unit.", "0.95", unit="0 to 1"),
        Column("rule", STRING, "Name of the grammar rule that made the row.", "range: <number> to <number> <unit>"),
    ),
    primary_key=("claim_id",),
    sort_by=("block_position", "char_start", "char_end"),
    foreign_keys=(
        _TO_ARTICLES,
        _TO_BLOCKS,
        _TO_HEADINGS,
        ForeignKey(("repeat_of",), "claims", ("claim_id",)),
    ),
)

# ---------------------------------------------------------------- rejects

REJECTS = TableSpec(
    "rejects",
    "One source that gave no article, or one row that broke its table's declaration. A source that later "
    "succeeds leaves the table.",
    columns=(
        Column("reject_id", STRING, "The reject: a hash of source, table, row and code.", "d5e6f708192a3b4c5d6e7f80"),
        SOURCE_URI,
        _text("article_id", "The article whose row was refused.", ARTICLE_ID.example, "the whole page was refused"),
        _text("table_name", "The table whose row was refused.", "claims", "the whole page was refused"),
        _text(
            "row_key",
            "The refused row's key, its columns joined with a slash.",
            "c4d5e6f708192a3b4c5d6e7f",
            "the whole page was refused",
        ),
        Column("stage", STRING, "The step that gave up.", "body"),
        Column("code", STRING, "A short stable word to count by.", "no_body"),
        Column("message", STRING, "What happened and what to do next.", "No article text was found in the page."),
        _text("detail", "The technical rest.", "0 of 14 candidates above 0.2", "there is none"),
        _text("content_sha256", CONTENT_SHA256.meaning, CONTENT_SHA256.example, "the source could not be read"),
        Column(
            "byte_offset",
            INT64,
            "Where the record begins in its container.",
            "1048576",
            unit="bytes",
            null_means="the source is a file of its own",
        ),
        Column("first_seen_at", TIME, "When the run that first met it began.", "2022-06-17T03:15:02Z"),
        RUN_ID,
    ),
    primary_key=("reject_id",),
    sort_by=("source_uri", "table_name", "row_key", "code", "reject_id"),
    foreign_keys=(_TO_RUNS,),
    volatile=("first_seen_at", "run_id"),
    owner="source_uri",
)

# ---------------------------------------------------------------- runs

RUNS = TableSpec(
    "runs",
    "One run. discovered_count is the sum of the five counts that follow it, or the run fails.",
    columns=(
        Column("run_id", STRING, "The run: when it began, and six random digits.", RUN_ID.example),
        Column("started_at", TIME, "When it began.", "2022-06-17T03:15:02Z"),
        Column("finished_at", TIME, "When it ended.", "2022-06-17T03:16:40Z", null_means="it was killed"),
        _choice("status", "How it ended; interrupted: killed, found by the next run.", RUN_STATUSES),
        Column(
            "parameters", STRING, "What it was asked to do, as JSON.", '{"sources": ["posts"], "shard_size": 10000}'
        ),
        Column("discovered_count", INT64, "Sources found.", "1200", unit="sources"),
        Column("new_count", INT64, "Sources that gave an article for the first time.", "1000", unit="sources"),
        Column("changed_count", INT64, "Sources whose article was replaced.", "20", unit="sources"),
        Column(
            "unchanged_count",
            INT64,
            "Sources that are as they were, known rejects included.",
            "170",
            unit="sources",
        ),
        Column("rejected_count", INT64, "Sources that were tried and refused.", "10", unit="sources"),
        Column(
            "skipped_count", INT64, "Sources found but not read: given twice, or gone meanwhile.", "0", unit="sources"
        ),
        Column("row_reject_count", INT64, "Rows that broke their table's declaration.", "0", unit="rows"),
        Column(
            "moved_count",
            INT64,
            "Of changed_count, sources found at another path than before, with the same content.",
            "0",
            unit="sources",
            null_means="the run did not count them",
        ),
        Column(
            "vanished_count",
            INT64,
            "Sources of earlier runs that were missed for the first time; their rows stay until --prune.",
            "0",
            unit="sources",
            null_means="the run did not count them",
        ),
        Column(
            "pruned_count",
            INT64,
            "Vanished sources whose rows were removed.",
            "0",
            unit="sources",
            null_means="the run did not count them",
        ),
        Column("article_count", INT64, "Articles in the dataset when the run ended.", "1190", unit="rows"),
        Column("versions", STRING, "Versions of the software, as JSON.", '{"extractor": "0.1.0", "python": "3.11.7"}'),
    ),
    primary_key=("run_id",),
    sort_by=("started_at", "run_id"),
    owner="run_id",
)

# In the order in which rows are checked: a table comes after those it depends on.
TABLES: dict[str, TableSpec] = {
    spec.name: spec for spec in (ARTICLES, METADATA, HEADINGS, BLOCKS, CLAIMS, REJECTS, RUNS)
}
# The tables a page fills.
DOCUMENT_TABLES = ("articles", "metadata", "headings", "blocks", "claims")
