"""Characters that are taken for one another because they look alike: by hand, by eye, by a scanner.

Collected by hand from the lists of look-alike characters (形近字) that primary schools teach, kept to characters that occur in names, with the
minority surnames of Guangxi added. Each row is a group within which any may stand for any; a character stands in one group only. Characters that
are also read alike (青/清) need no row: they are found by their sound.
"""

from __future__ import annotations

_TABLE = """
    己已巳 末未朱 杨扬 曾增憎 钧钓钩 日曰 王玉主 大太犬 土士 干千于 人入八 天夭无元 刀力 由甲申田 戊戌戍戎 冉再 免兔 洒酒 住往佳
    晴睛 捡检 辛幸 贝见 今令 午牛 古占 石右 白自 目且 代伐 侯候 陈阵 郭敦 荣荥 菜莱 祥详样 玲铃 珍诊 桂柱 林材村 梅海 娟捐
    妹姝 媛援缓 瑞端 瑶摇 晓烧浇 晖挥 军车 冬各 凤风 丹舟 龙尤 庄压 广厂 亨享 伟伪 傅博 卓桌 历厉 培陪倍 宇字 家冢 寒塞 崔催
    川州 希布 帅师 延廷 徐除 折拆 拔拨 斤斥 方万 昊吴 明朋 昌冒 春舂 普晋 李季 栗粟 治冶 态熊 菅管 逢逄 卢户 仑仓 仲伸 任仕
    史吏 宋宗 岑芩 庞宠 柏拍 柯何 沈沉枕 涂涤 瞿翟 祁祈 祝况 粱梁 缪谬 薄簿 薛薜 覃谭潭 詹瞻 贺贸 贾贯 邝旷 邢刑 郎朗 邓郑
    闵闷 陶淘 隋随 霍雀 颜彦 鲍饱 黎犁 黑墨 俊悛 健键 刚钢 勇男 勤勒 友发 合舍 名吕 坚竖 城诚 塔搭 奇寄 好奸 妮呢 姗删珊
    娅哑 娇矫 婉碗 婷停 密蜜 富寓 尚向 峰锋蜂 平乎 弹强 微徽 恩思 怡恰 悦说 惠慧 昭招 析新 旭旮 果杲 枝技 根跟 欣掀 水永冰
    波坡 泽译 清情请 温湿 源原 滨缤 灵炅 炎灸 烈列 琪棋 琳淋 璐路 维淮 萍苹 苗笛 莉利 莲连 菊掬 虎虚 裕俗 诗持 贤肾 贵责
    丽俪 耀跃 翠醉 芬芳 茹如 韦书 蓝篮 罗岁 蒙濛 莫募 农衣 卜下 毛手 丘乒兵 尹伊 甘廿 阮院 盛盔 聂摄 裴斐 谢射 钟种 阎闫
    雷雪 莘辜 萧箫 闭闲 廖寥 禤福 奉秦奏泰
"""
GROUPS = tuple(_TABLE.split())


_SHAPES = {c: group[0] for group in reversed(GROUPS) for c in group}
_TRANSLATED = str.maketrans(_SHAPES)


def shape(character: str) -> str:
    """The first of the group that ``character`` looks like; itself where it is in none."""
    return _SHAPES.get(character, character)


def shapes(name: str) -> str:
    """``name`` with each character replaced by the first of its group: equal for names that look alike."""
    return name.translate(_TRANSLATED)
