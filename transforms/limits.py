"""What one page may ask of the extractor; a page beyond it is rejected early, with the setting that helps."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from transforms.errors import RejectError

if TYPE_CHECKING:
    from collections.abc import Sized


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read of one page. Nothing is cut off quietly: more than this is a RejectError.

    The defaults keep any input to about a second of a usual processor. Beside each, the most that 492 article pages of
    the web held: only what is no article, or was made to harm, comes near.
    """

    page_bytes: int = 16 * 1024 * 1024  # 1.4 million; pages that carry their pictures in data: addresses
    tags: int = 100_000  # "<" signs, end tags and comments too; 20,000
    copies: int = 200_000  # elements the parser makes by reopening formatting that was left open; hundreds
    elements: int = 50_000  # without scripts and menus; 9,800
    article_elements: int = 30_000  # inside the article's element; 9,700
    article_bytes: int = 1_000_000  # of its text in UTF-8; 200,000
    markdown_chars: int = 200_000  # of a post's body
    markdown_lines: int = 10_000
    numbers: int = 10_000  # in the article's text; 200

    def scaled(self, factor: float) -> Limits:
        """These limits times a factor, but for the bytes, which have a setting of their own."""
        scaled = {item.name: int(factor * getattr(self, item.name)) for item in fields(self)}
        return Limits(**scaled | {"page_bytes": self.page_bytes})

    def check_bytes(self, data: Sized) -> None:
        """Raises RejectError `too_large` where the page has more bytes."""
        if len(data) > self.page_bytes:
            message = f"The page is larger than {self.page_bytes} bytes (--max-page-bytes)."
            raise RejectError("read", "too_large", message, f"{len(data)} bytes")


LIMITS = Limits()
# Reject codes that say something of these limits, not of the page: under others it may do.
LIMIT_CODES = frozenset(
    {"too_large", "too_many_tags", "too_many_copies", "too_many_elements", "too_much_text", "too_many_numbers"}
)


def refuse(stage: str, code: str, what: str, most: int) -> RejectError:
    """The reject of a page that holds more than `most` of something, for the caller to raise."""
    message = f"The page holds more than {most:,} {what}: split it, or raise the limits (--page-scale)."
    return RejectError(stage, code, message)
