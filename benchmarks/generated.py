"""Text made from a seed: articles dense with figures, prose with few, and lines that are hard to read fast.

The same seed gives the same text. The sentences are ours, so that they measure speed and say nothing about quality.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20240515
# A sentence with figures holds about four: one every 12 characters of Chinese and 35 of English where all are dense.
# In prose one sentence in so many is: a figure every 200 characters of Chinese, every 700 of English.
DENSE_ONE_IN = 30
ARTICLE_CHARS = {"zh": 1_200, "en": 3_500}
PARAGRAPH_SENTENCES = (2, 5)


@dataclass(frozen=True, slots=True)
class Article:
    """A title, a day and the lines of a body, as every system gets them."""

    lines: list[str]
    title: str = ""
    published: str | None = None

    @property
    def chars(self) -> int:
        return sum(map(len, self.lines))


@dataclass(frozen=True, slots=True)
class Language:
    """Sentences with slots in braces, and what may fill a slot."""

    dense: list[str]
    plain: list[str]
    space: str
    words: dict[str, list[str]]
    figures: dict[str, Callable[[random.Random], str]] = field(default_factory=dict)

    def sentence(self, draw: random.Random, *, dense: bool) -> str:
        template = draw.choice(self.dense if dense else self.plain)
        text = re.sub(r"\{(\w+)\}", lambda slot: self._fill(slot[1], draw), template)
        return text[0].upper() + text[1:]

    def _fill(self, slot: str, draw: random.Random) -> str:
        return self.figures[slot](draw) if slot in self.figures else draw.choice(self.words[slot])


def _decimal(draw: random.Random, top: float) -> str:
    return f"{draw.uniform(1, top):.{draw.choice((0, 1, 2))}f}"


def _grouped(draw: random.Random, top: int) -> str:
    return f"{draw.randint(100, top):,}"


def _money_zh(draw: random.Random) -> str:
    unit = draw.choice(["亿元", "万元", "亿元", "亿美元", "万亿元", "元", "亿港元", "万美元"])
    return _decimal(draw, 9_000 if unit == "元" else 900) + unit


def _count_zh(draw: random.Random) -> str:
    unit = draw.choice(["万辆", "家", "万人次", "台", "名", "万部", "个", "亿次", "万户", "件", "架", "项"])
    return (_decimal(draw, 900) if unit[0] in "万亿" else str(draw.randint(11, 9_000))) + unit


def _measure_zh(draw: random.Random) -> str:
    unit = draw.choice(["公里", "万千瓦时", "平方米", "万吨", "纳米", "毫安时", "GB", "公斤", "摄氏度", "小时", "亩"])
    return _decimal(draw, 800) + unit


def _range_zh(draw: random.Random) -> str:
    low = draw.randint(3, 60)
    return f"{low}{draw.choice('至-~到')}{low + draw.randint(2, 30)}{draw.choice(['亿元', '%', '万台', '家'])}"


def _hanzi(draw: random.Random) -> str:
    head = draw.choice("两三四五六七八九")
    return head + draw.choice(["成", "千万元", "百多家", "万余人", "分之一", "十个百分点", "亿美元", "倍"])


def _money_en(draw: random.Random) -> str:
    sign = draw.choice("$$$£€")
    return f"{sign}{_decimal(draw, 900)} {draw.choice(['million', 'billion', 'trillion'])}"


def _count_en(draw: random.Random) -> str:
    noun = draw.choice(["employees", "vehicles", "stores", "users", "patients", "jets", "homes", "shares", "orders"])
    return f"{_grouped(draw, 900_000)} {noun}"


def _measure_en(draw: random.Random) -> str:
    unit = draw.choice(["km", "miles", "GWh", "tonnes", "square feet", "barrels", "hours", "kg", "degrees Celsius"])
    return f"{_decimal(draw, 800)} {unit}"


def _range_en(draw: random.Random) -> str:
    low = draw.randint(3, 60)
    high = low + draw.randint(2, 30)
    between = f"between {low} and {high} percent"
    return draw.choice([f"{low}% to {high}%", f"${low} million to ${high} million", between])


def _spelled(draw: random.Random) -> str:
    words = ["two-thirds", "a quarter of users", "twenty-five stores", "half a million people", "three times"]
    return draw.choice(words)


def _points_en(draw: random.Random) -> str:
    return draw.choice([f"{draw.randint(10, 400)} basis points", f"{_decimal(draw, 9)} percentage points"])


CHINESE = Language(
    space="",
    dense=[
        "{period}，{company}{metric}达{money}，同比{rise}{percent}，环比{rise}{percent}。",
        "其中，{product}{metric}为{money}，占比{percent}，较上年提高{points}。",
        "{company}预计全年{metric}{range}，{product}销量约{count}，增速不低于{percent}。",
        "截至{period}末，{company}共有{count}，员工超过{count}，研发投入{money}，占营收的{percent}。",
        "{source}数据显示，{place}{product}出货{count}，{rise}{percent}，市场份额{percent}。",
        "该项目总投资{money}，占地{measure}，建成后年产{count}，可新增产值近{money}。",
        "{product}售价{money}起，续航{measure}，较上一代提升{percent}，首日订单突破{count}。",
        "{company}股价收盘{rise}{percent}，报{price}，成交额{money}，总市值{money}。",
        "{period}{place}用电量{measure}，同比{rise}{percent}，其中第三产业{rise}{percent}。",
        "毛利率为{percent}，同比{rise}{points}；净利润{money}，{rise}{percent}；每股收益{price}。",
        "{company}完成{money}融资，估值{money}，投资方持股{percent}，{hanzi}用于{product}。",
        "与{period}的{money}相比，{metric}{rise}{hanzi}，约{count}受到影响。",
    ],
    plain=[
        "{person}说，一切都要从头开始，{place}的人们一直在等这一天。",
        "这座城市在清晨显得格外安静，一些老人沿着河边慢慢散步，谁也不着急。",
        "{company}的{person}认为，{product}能不能走下去，要看大家愿不愿意一起想办法。",
        "在{place}，类似的故事并不少见，人们更关心的是下一步怎么走。",
        "过去的经验说明，{metric}不会自己变好，一定要有人站出来把事情做完。",
        "雨停以后，街道重新热闹起来，小店的老板把桌椅搬到门口，和熟客聊起天来。",
        "对于外界的质疑，{company}没有正面回应，只表示会进一步完善{product}的服务。",
        "他记得那时候条件十分艰苦，但是没有一个人抱怨，大家都相信日子会好起来。",
        "从四川到百色，这种做法各有不同，万一出了问题，也很难说清楚是谁的责任。",
        "{source}的评论写道，真正的变化往往发生在没有人注意的地方。",
        "{person}并不同意这种看法，在他看来，{product}与{metric}之间没有必然的联系。",
        "许多年轻人选择回到{place}，他们带来了新的想法，也带来了新的矛盾。",
        "这本书的作者用平静的语气讲述了家乡的往事，读来让人感到温暖。",
        "无论结果如何，{company}都要面对一个更加复杂的市场，这一点没有疑问。",
        "门外的树已经长得很高，风一吹，叶子沙沙地响，像是在说很久以前的事情。",
        "专家提醒，普通人不必过于担心，保持正常的作息和良好的心情更为重要。",
    ],
    words={
        "company": ["云雀速运", "海石科技", "北岭能源", "青禾乳业", "远川汽车", "长汀集团", "明湖银行", "蓝桥软件"],
        "product": ["新能源车", "云计算", "储能电池", "智能手机", "咖啡", "广告业务", "跨境电商", "光伏组件"],
        "metric": ["营收", "净利润", "销售额", "成交额", "出口额", "资本开支", "研发费用", "经营现金流"],
        "period": ["2023年", "去年", "第三季度", "今年上半年", "2024年一季度", "6月", "前三季度", "2022年全年"],
        "rise": ["增长", "下降", "上涨", "回落", "提升", "减少"],
        "place": ["华东地区", "广东", "全国", "欧洲市场", "长三角", "老城区", "西南山区"],
        "source": ["国家统计局", "晚报", "中国汽车工业协会", "第三方机构", "海关总署"],
        "person": ["李明远", "陈晓岚", "赵工程师", "王老师", "发言人"],
    },
    figures={
        "money": _money_zh,
        "count": _count_zh,
        "measure": _measure_zh,
        "range": _range_zh,
        "hanzi": _hanzi,
        "percent": lambda draw: _decimal(draw, 90) + "%",
        "points": lambda draw: _decimal(draw, 9) + "个百分点",
        "price": lambda draw: f"{draw.uniform(0.1, 90):.2f}元",
    },
)

ENGLISH = Language(
    space=" ",
    dense=[
        "{company} said {metric} rose {percent} to {money} in {period}, from {money} a year earlier.",
        "Net income fell to {money}, or {price} per diluted share, while {product} sales climbed {percent}.",
        "The company now expects {metric} of {range} this year and plans to hire {count}.",
        "{product} accounted for {percent} of revenue, up {points} from {period}, and reached {count}.",
        "Shares of {company} gained {percent} to {price}, giving it a market value of {money}.",
        "The {place} plant will cost {money}, cover {measure} and employ {count} by 2027.",
        "Gross margin widened by {points} to {percent}, its highest since {period}.",
        "{source} reported {count} in {period}, a decline of {percent}, with {measure} lost in {place}.",
        "Spending on {product} is forecast to grow {percent} a year to {money}, or {spelled}.",
        "{company} raised {money} at a valuation of {money} and sold a {percent} stake to {person}.",
        "Output fell by {measure}, about {percent}, and inventories stood at {measure}, {source} said.",
        "At least {count} were affected, {spelled}, and losses are put at {money} to {money}.",
    ],
    plain=[
        "{person} said that nobody had expected the meeting to end so quietly.",
        "The harbour was still in the early light, and the boats lay against the wall as they always had.",
        "For {company}, the question is less about {metric} than about whether people trust {product} at all.",
        "In {place}, stories like this are common, and those who tell them rarely agree on the details.",
        "What happened next is a matter of dispute, although no one denies that the letter was sent.",
        "{source} described the plan as cautious, and warned that the hardest decisions were still to come.",
        "Some of the workers stayed on after the shift to talk about the weather and the price of bread.",
        "She remembered the house as larger than it was, with a garden that went down to the river.",
        "Critics of {product} argue that the rules were written for another time and another industry.",
        "Once the doors were open, the crowd moved slowly, each person looking for someone they knew.",
        "Neither {person} nor the board would comment on what the change might mean for {place}.",
        "It is easier to start than to finish, he liked to say, and easier to finish than to begin again.",
        "The book is at its best when it leaves the famous behind and listens to everyone else.",
        "Officials in {place} said they would review the matter and publish what they could.",
        "By evening the rain had stopped, and the streets filled with people who had nowhere else to be.",
        "Whatever the outcome, {company} will have to explain itself to those who stayed loyal to it.",
    ],
    words={
        "company": ["Marlow Instruments", "Calder Freight", "Northfold Energy", "Pinecrest Foods", "Halden Bank"],
        "product": ["cloud software", "electric vans", "online advertising", "frozen meals", "battery storage"],
        "metric": ["revenue", "operating profit", "sales", "capital expenditure", "free cash flow"],
        "period": ["2023", "the third quarter", "the first half", "the year ended June 30", "March", "fiscal 2024"],
        "place": ["Ohio", "the northern region", "Singapore", "the European Union", "the old town"],
        "source": ["the Energy Information Administration", "analysts at Halden", "The Evening Post", "the ministry"],
        "person": ["Imogen Clarke", "Tom Adeyemi", "the chief executive", "a spokeswoman", "the pension fund"],
    },
    figures={
        "money": _money_en,
        "count": _count_en,
        "measure": _measure_en,
        "range": _range_en,
        "spelled": _spelled,
        "percent": lambda draw: _decimal(draw, 90) + draw.choice(["%", "%", " percent"]),
        "points": _points_en,
        "price": lambda draw: f"${draw.uniform(0.1, 90):.2f}",
    },
)
LANGUAGES = {"zh": CHINESE, "en": ENGLISH}


def articles(language: str, *, dense: bool, chars: int, seed: int = SEED) -> list[Article]:
    """Articles of about `chars` characters together.

    >>> articles("zh", dense=True, chars=2_000) == articles("zh", dense=True, chars=2_000)
    True
    """
    draw = random.Random(f"{seed} {language} {dense}")
    made: list[Article] = []
    left = chars
    while left > 0:
        lines: list[str] = []
        while left > 0 and sum(map(len, lines)) < ARTICLE_CHARS[language]:
            lines.append(_paragraph(language, draw, dense=dense))
            left -= len(lines[-1])
        made.append(Article(lines, published="2024-05-15"))
    return made


def _paragraph(language: str, draw: random.Random, *, dense: bool) -> str:
    words = LANGUAGES[language]
    return words.space.join(
        words.sentence(draw, dense=dense or draw.randrange(DENSE_ONE_IN) == 0)
        for _ in range(draw.randint(*PARAGRAPH_SENTENCES))
    )


# Each is repeated without a line end: what a broken page, a dump or a joke holds.
WORST_LINES = {
    "digits": "1234567890",
    "one Chinese digit": "一",
    "Chinese numerals": "三千七百万零五十亿",
    "groups of three": "1,234,567,",
    "decimals": "1.5.",
    "amounts, Chinese": "3.5亿元、",
    "amounts, English": "$1.2 billion, ",
    "percentages": "12.5%",
    "ranges, Chinese": "3至5万元至",
    "ranges, English": "from 10% to 12% ",
    "hyphens": "1-2-3-",
    "years": "2021年",
    "number words": "one hundred and ",
    "signs": "$€%",
    "scales": "万亿",
    "half": "半",
    "brackets": "（(",
    "open quotes": "“‘",
    "blanks": " ",
    "letters": "a",
    "base64": "iVBORw0KGgo5AAAANSUhEUgAA3wAAAK9CAYAAACp",
    "dense article, Chinese": "",
    "dense article, English": "",
    "prose, Chinese": "",
    "prose, English": "",
}


def worst_line(name: str, size: int) -> str:
    """One line of about `size` bytes in UTF-8.

    >>> worst_line("digits", 15)
    '123456789012345'
    """
    part = WORST_LINES[name] or _one_line(name)
    width = len(part.encode()) / len(part)
    chars = max(1, int(size / width))
    return (part * (chars // len(part) + 1))[:chars]


def _one_line(name: str) -> str:
    kind, _, language = name.partition(", ")
    short = {"Chinese": "zh", "English": "en"}[language]
    made = articles(short, dense=kind.startswith("dense"), chars=20_000)
    return LANGUAGES[short].space.join(line for article in made for line in article.lines)
