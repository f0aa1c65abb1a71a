"""What a Chinese sentence says of a name, cut from the name: 房企鏖战, 收支矛盾尖锐; or said of nobody: 实施项目."""

from __future__ import annotations

import re
from functools import cache

from transforms.claims.lexicon import read_lexicon
from transforms.claims.parts_zh import cutter

_MIN_NAME = 2
_DOER_CHARS = 3  # 出售方
# Adverbs that a name runs on into: 高标准农田再(建), 省应急厅另(调拨).
_LAST = frozenset("现曾另再还均各只又虽都竟便仅已仍每天月年轮批次期周季块件张套台个卡")
_ADVERB_LAST = re.compile(r"(?<=..)(?:[现曾另再还均各只又虽都竟便仅已仍]|每(?:天|月|年)?)$")
# 申购者排起长队, 李芳第二个撞线: what is said begins here.
_RISEN = re.compile(r"(?<=..)(?:[排掀拉响卷燃引唤搭筑撑挑]起|第[一二三四五六七八九十\d]+个).*$")
# 焦炭前两轮: which turns, after the name.
_TURNS_LAST = re.compile(
    r"(?<=..)[前后第头首近][一二两三四五六七八九十几\d]*[轮批次期周天季]$|(?<=..)单[块次只件张套台个卡]$"
)


class Predicates:
    """The words of predicates_zh.toml, stateless."""

    def __init__(self) -> None:
        data = read_lexicon("predicates_zh.toml")
        self.verbs = frozenset(data["verbs"].split())
        self.alone = self.verbs | frozenset(data["doings"].split()) | cutter().nominal
        self.acts = self.alone | (cutter().breaks - cutter().adverbs - cutter().prepositions)
        self.said = self.verbs | frozenset(data["states"].split())
        self.idioms = frozenset(data["idioms"].split())
        self.doers = tuple(data["doers"])
        self.nouns = cutter().nouns
        self.nominal = cutter().nominal | frozenset(read_lexicon("topics_zh.toml")["metrics"]["modifiers"])

    def ends_in_verb(self, words: str) -> bool:
        """Whether the last word is a verb: 该省牵头(的…)."""
        return words[-2:] in self.acts

    def subject_of(self, name: str) -> str | None:
        """The name without what is said of it; None when nobody is named.

        >>> predicates().subject_of("房企鏖战"), predicates().subject_of("实施项目")
        ('房企', None)
        """
        name = self.trimmed(_RISEN.sub("", name))
        if len(name) > _MIN_NAME + 1 and name[-2:] in self.said and not {name[-2:], name[-3:], name[-4:]} & self.nouns:
            name = name[:-2]
        return None if len(name) < _MIN_NAME or self.is_done(name) else name

    def trimmed(self, name: str) -> str:
        """The name without an idiom, an adverb or a number of turns behind it: 焦炭前两轮, 全县万众一心."""
        if name[-1:] in _LAST:
            name = _TURNS_LAST.sub("", _ADVERB_LAST.sub("", name))
        return name[:-4] if name[-4:] in self.idioms else name

    def is_done(self, name: str) -> bool:
        """Whether the words are a deed, and no name of a doer: 实施项目, but 中标企业."""
        if name in self.alone:
            return True
        is_verbal = name[:2] in self.verbs and (name[2:3] == "、" or name[:2] not in self.nominal)
        if not is_verbal or {name[:3], name[:4]} & self.nouns:
            return False
        return not name.endswith(self.doers) and not (name.endswith("方") and len(name) == _DOER_CHARS)


@cache
def predicates() -> Predicates:
    """The words, loaded at first use."""
    return Predicates()
