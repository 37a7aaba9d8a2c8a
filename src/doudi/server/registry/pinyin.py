"""How a Chinese name may be read aloud: pinyin without tones, in lower case, ``ü`` written ``v``.

A surname is read as surnames are (单 shan, not dan), a given name by its characters' usual readings. Where people of one name read it
differently (覃 qin or tan, 乐 le or yue) every reading is given, the commonest first, at most ``MOST``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style
from pypinyin import lazy_pinyin as _usual

MOST = 4
"""Readings of one name that are kept: more would cost more rows than they find people."""

_SURNAMES = """
艾 ai|贲 ben|秘 bi mi|卜 bu|晁 chao|车 che|谌 chen shen|种 chong|储 chu|褚 chu|啜 chuai|都 du|繁 po|范 fan|冯 feng|盖 ge gai|干 gan|葛 ge|戈 ge|
勾 gou|缑 gou|谷 gu|贾 jia|过 guo|哈 ha|郝 hao|黑 he|呼 hu|华 hua|郇 xun huan|纪 ji|郏 jia|蹇 jian|靳 jin|隽 juan|瞿 qu|阚 kan|邝 kuang|夔 kui|
隗 wei kui|乐 yue le|冷 leng|栗 li|逯 lu|罗 luo|洛 luo|麦 mai|满 man|牟 mou mu|缪 miao mou|万 wan|宓 mi fu|乜 nie|那 na|佴 nai|能 nai|倪 ni|粘 nian|
聂 nie|甯 ning|宁 ning|区 ou|欧 ou|逄 pang|朴 piao pu|戚 qi|亓 qi|乾 qian|郄 qie|覃 qin tan|秦 qin|仇 qiu|曲 qu|璩 qu|麹 qu|冉 ran|任 ren|阮 ruan|芮 rui|
撒 sa|单 shan|召 shao|少 shao|折 she|厍 she|佘 she|沈 shen|莘 shen|盛 sheng|石 shi|殳 shu|眭 sui|台 tai|谭 tan|澹 tan|钭 tou|庹 tuo|危 wei|韦 wei|尉 wei yu|
洗 xian|冼 xian|相 xiang|肖 xiao|解 xie|颉 xie|燕 yan|晏 yan|幺 yao|么 yao|尧 yao|叶 ye|易 yi|应 ying|尤 you|员 yun yuan|於 yu|俞 yu|虞 yu|郁 yu|恽 yun|
宰 zai|臧 zang|藏 zang|曾 zeng|翟 zhai di|祭 zhai ji|占 zhan|查 zha|长 zhang|朝 chao|郑 zheng|祝 zhu|竺 zhu|訾 zi|宗 zong|禤 xuan|闭 bi|侬 nong|农 nong|
阿 a|郗 xi chi|柏 bai bo|炅 gui|适 kuo shi|番 pan|奇 qi|大 da|句 gou|牧 mu|岑 cen|会 gui|重 chong|传 chuan|褟 ta|尹 yin|仉 zhang|
"""
_COMPOUND = """
欧阳 ou yang|司马 si ma|上官 shang guan|诸葛 zhu ge|司徒 si tu|令狐 ling hu|皇甫 huang fu|尉迟 yu chi|公孙 gong sun|慕容 mu rong|长孙 zhang sun|
宇文 yu wen|夏侯 xia hou|东方 dong fang|独孤 du gu|南宫 nan gong|端木 duan mu|澹台 tan tai|万俟 mo qi|单于 chan yu|呼延 hu yan|赫连 he lian|
鲜于 xian yu|闾丘 lv qiu|轩辕 xuan yuan|百里 bai li|东郭 dong guo|西门 xi men|濮阳 pu yang|淳于 chun yu|申屠 shen tu|太史 tai shi|拓跋 tuo ba|
完颜 wan yan|耶律 ye lv|钟离 zhong li|宗政 zong zheng|公羊 gong yang|亓官 qi guan|第五 di wu|乐正 yue zheng|仲孙 zhong sun|
"""
_GIVEN = """
乐 le yue|长 chang zhang|朝 chao zhao|重 chong zhong|传 chuan zhuan|行 xing hang|会 hui|觉 jue jiao|茜 xi qian|仔 zi zai|晟 sheng cheng|盛 sheng cheng|
筠 yun jun|莘 xin shen|娜 na nuo|石 shi|单 dan shan|曾 zeng ceng|阿 a e|柏 bai bo|薄 bo bao|贾 jia gu|给 gei ji|露 lu|奇 qi ji|降 jiang xiang|
系 xi ji|伽 jia qie|藏 cang zang|车 che ju|拾 shi|宿 su xiu|弹 tan dan|参 can shen|沈 shen chen|校 xiao jiao|艾 ai yi|咏 yong|大 da dai|
可 ke|令 ling|俊 jun|浚 jun xun|洗 xi|燕 yan|说 shuo yue|解 jie xie|调 diao tiao|兴 xing|和 he|好 hao|干 gan|为 wei|中 zhong|正 zheng|
"""


def _table(text: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for row in text.replace("\n", "").split("|") if row)
    return {name: tuple(readings) for name, *readings in rows}


SURNAMES = _table(_SURNAMES)
"""Surnames that are not, or not by everybody, read as the character usually is."""
COMPOUND = _table(_COMPOUND)
"""Surnames of two characters, with the one reading of each character."""
GIVEN = _table(_GIVEN)
"""Characters of given names that people read in more than one way."""


def plain(text: str) -> str:
    """As names and queries are compared: full width to half, lower case, no spaces, no dots between the parts of a name."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if not c.isspace() and c not in "·•・‧∙⋅.．﹒")


@lru_cache(maxsize=50_000)
def _one(character: str) -> str:
    read = _usual(character, style=Style.NORMAL, errors="ignore")
    return read[0] if read else character


def _ways(name: str) -> Iterator[tuple[str, ...]]:
    if name[:2] in COMPOUND and len(name) > 2:
        yield from ((syllable,) for syllable in COMPOUND[name[:2]])
        rest = name[2:]
    else:
        yield SURNAMES.get(name[0]) or (_one(name[0]),)
        rest = name[1:]
    for character in rest:
        yield GIVEN.get(character) or (_one(character),)


@lru_cache(maxsize=100_000)
def readings(name: str) -> tuple[tuple[str, ...], ...]:
    """The readings of a name that is ``plain``: a syllable a character; what is no Chinese character stands for itself."""
    return tuple(islice(product(*_ways(name)), MOST)) if name else ()
