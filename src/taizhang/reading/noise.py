"""What web pages and document sites leave around and inside a text."""

from __future__ import annotations

import re

from taizhang.reading.model import Repair
from taizhang.reading.view import View

# Lines that belong to the page, not to the document. Each alternative is wording of portals and document sites.
FURNITURE = re.compile(
    r"^欢迎(?:访问|光临|您?来到)[^。]{0,60}$|今日天气\s*[::]|^[【\[]?(?:发布(?:时间|日期|人|机构)|发表时间|更新(?:时间|日期)|上传时间|时间|日期|来源|信息来源|稿件来源|文章来源|作者|编辑|责任编辑|审核|"
    r"点击(?:数|量|次数)?|浏览(?:次数|量)?|阅读(?:次数|量)?|字号|字体|索引号|主题分类|分享到?)\s*[::【\[]"
    r"|^(?:浏览|范文|点击|阅读|收藏|打印|关闭|首页|上一[页篇]|下一[页篇]|返回(?:顶部|列表)?|分享|下载|登录|注册|评论|目录|更多)$"
    r"|^(?:文档|资源|内容)(?:简介|描述|介绍)[::]?$|加入清单|范文类型|全文共\s*\d+\s*字|展开(?:阅读)?全文|阅读全文|点击(?:查看|下载|阅读)|扫一扫|温馨提示|相关(?:文章|推荐|阅读|范文|热词)"
    r"|^共\s*\d+\s*页|当前第\s*\d+\s*页|第\s*\d+\s*页.{0,6}第\s*\d+\s*页|还剩\s*\d+\s*页|已阅读\s*\d+\s*页|_第\d+页|\d+/\d+\s*评论"
    r"|小编.{0,30}(?:分享|整理|搜集|带来)|感谢您的(?:参阅|阅读)|欢迎(?:阅读|下载|参考|借鉴)|希望(?:能)?对(?:您|你|大家)有(?:所)?帮助"
    r"|免责声明|版权(?:所有|归)|人人文库|豆丁|百度文库|道客巴巴|网友上传|用户(?:自行)?(?:上传|提供)|提交评论|^\d{1,3}/\d{3}$|本站|预览(?:图|页)"
    r"|^以上(?:就)?是.{0,60}(?:全部|内容|分享|整理)|^本文(?:地址|链接|来[源自])|^更多.{0,24}(?:关注|尽在)|转载(?:请|注明)|推荐阅读|查看更多|最新文档|"
    r"权益(?:所有人|归)|(?:商业|盈利)用途|下载(?:文件|资源|内容)"
    r"|^(?:您|你)?(?:现在)?(?:的)?(?:当前)?位置\s*[::]|^\s*(?:1234|12345)?下一页\s*$|积分下载"
    r"|^更多[^。,]{0,30}(?:文章|范文|内容|推荐|阅读|资料)\s*(?:[::]|$)|^\((?:此件|本件)?(?:主动|依申请|不予)?公开(?:发布)?\)$|^相关(?:附件|热搜|搜索|范文|标签|专题|资料|文档)\s*[::]|^(?:推荐(?:度|指数)|编辑推荐)\s*[::]|^更多\s*[>»›]+|^\(?(?:完|待续|未完)\)?$|^(?:\[\d{1,2}\]\s*)+(?:下一页)?$|^[→←>»\s]*[^。,;]{0,12}请点(?:这里|此)|^[-\s]*分\s*割\s*线[-\s]*$|网友评论\s*\(\d"
    # what a button does, alone or in a row; a line that is drawn
    r"|^[((【\[]?(?:请|可)?(?:点击|单击|登录后?|扫码|关注后?|展开|收起|查看|下载|阅读|打开|复制)[^。,;]{0,10}?(?:全文|全部|文档|本文|原文|完整|剩余|格式|范文|余下)[^。;]{0,16}$"
    r"|^[((【\[]?(?:本文|本篇|该文|此文)(?:已被|共有?|需|由|被)[^。]{0,24}$|^(?:文档|文件|附件)(?:为|格式|大小|类型)[^。]{0,16}$|^(?:【[^【】]{1,8}】\s*){2,}$|^[-—=_*~·.\s]{5,}$"
    # the pager, what to read next, who put it on the page, the foot of a portal
    r"|^[<>«»‹›←→【\[\s]*(?:上一?|下一?|前一?|后一?)[篇页条](?![一-龥])|^(?:上一?|下一?)[篇页条](?:文章|新闻|信息)\s*[::]"
    r"|^更多(?!的)[^。,]{0,5}$|^更多[^。]{0,40}(?:请|点击|查看|访问|浏览)|^(?:延伸|相关)(?:阅读|链接|新闻|信息|内容)|^(?:热门|最新|精彩)(?:文章|推荐|新闻|阅读)"
    r"|^[(【\[]?(?:责任?编辑?|编辑|审核|初审|终审|审稿|录入|供稿|撰稿|摄影|来源|稿源|作者)\s*(?:[::]|[一-龥]{0,2}[/|])[^。]{0,40}$"
    r"|^(?:我要)?(?:分享|转发)(?:到|至|给)|^(?:[【\[(]?(?:打印|关闭|收藏|复制|返回|顶部|纠错|推荐|字体|大|中|小|分享|本页|窗口|此页|首页)[】\])]?[\s|]*){2,}$"
    r"|^(?:标签|关键[词字]|tags?)\s*[::]|^[^。,]{0,12}(?:©|copyright|ICP备|公网安备|网站标识码)|^(?:主办|承办|技术支持|网站地图|联系我们)(?:单位)?\s*[::|]"
    r"|^(?:您|你)是(?:本[站页])?第.{0,12}(?:位|个)"
    r"|^[^。,;:]{1,20}(?:(?:\s*[>»›→]\s*|\s/\s)[^。,;:]{1,20}){2,}|^[^。,]{2,40}\s[-—|_]\s[^。,]{2,30}(?:网站?|网页|门户)$|^类别\s*:|全文约?\s*\d+\s*字|范文大全$"
    r"|^[^\s。,]{2,20}\s{2,}[^\s。,]{2,12}\s{2,}20\d\d年\d{1,2}月\d{1,2}日$"
    r"|^发布\s*:|点击\s*[::]\s*\d+|^第\s*\d+\s*页\s*[,/,]?\s*共\s*\d+\s*页"
    r"|^附件下载\s*[::]|^附件\d{0,2}\s*[::][^。]{1,50}\.(?:docx?|xlsx?|pdf|wps|et|zip|rar)\b|^[【\[]字[体号]\s*[::]",
    re.IGNORECASE,
)
# Words of pages that official prose has too: 打击侵权行为, 公布举报电话. Only a short line without a sentence is furniture.
MAYBE = re.compile(r"侵权|举报|压缩文件|解压|图纸|微信公众号|客服|会员|VIP|二维码")
MAX_MAYBE = 24
ITEM = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "(")
# Page furniture is short; a long line with one of these words is prose about them.
MAX_FURNITURE = 160
# After one of these the page goes on with other things.
LAST = re.compile(
    r"展开(?:阅读)?全文|扫一扫|相关(?:文章|推荐|阅读|范文)|温馨提示|免责声明|提交评论|最新文档|本站所有资源|权益所有人|还剩\s*\d+\s*页|^共\s*\d+\s*页|当前第\s*\d+\s*页"
    r"|^[<>«»‹›←→【\[\s]*上一[篇页条](?![一-龥])|^上一[篇页条]\s*[::]|^[(【\[]?(?:责任编辑|责编)\s*[::]|^(?:延伸|相关)(?:阅读|链接|新闻)"
    r"|^更多[^。,]{2,30}(?:文章|范文|内容|推荐|阅读|资料)\s*[::]?$"
)
# A source note glued to the last paragraph, or the pager and the editor behind its full stop.
GLUED = re.compile(
    r"(?<=[。!?)])\s*[((【\[]?(?:(?:责任)?编辑|责编|上一[篇页条]|下一[篇页条]|相关(?:阅读|链接|文章)|分享到|版权所有)\s*[::][^。]{0,80}$|(?<=[。!?])\s*[(【\[](?:来源|作者|编辑|供稿)\s*[::][^。]{0,40}$|"
    r"[((【\[]?(?:本篇?文章?|文章|以上内容|本资料)(?:来源|来自|摘自|转自|由)[^。]{0,60}(?:网|站|库|号).*$",
    re.DOTALL,
)

WRECKS = (
    (re.compile(r"&\s*n\s*b\s*s\s*p\s*;|&(?=\s*$)|^\s*;(?=\s)", re.MULTILINE), " ", "残缺的网页空格符", 0.95),
    (re.compile(r"`"), "", "网页留下的反引号", 0.95),
    (re.compile(r"[((][^()()。,;]{0,8}(?:课件网?|范文网|文库)[))]"), "", "网站水印", 0.9),
    (re.compile(r"\?{2}[a-z](?=[\u3400-\u9fff])"), "。", "转码损坏,此处丢了句号和一个字", 0.7),
    (re.compile(r"\?!(?=[\u3400-\u9fff])"), "。", "转码损坏,此处丢了句号和书名号", 0.7),
)
LOST_BREAK = re.compile(r"\?{2}[a-z](?=[\u3400-\u9fff])|\?!(?=[\u3400-\u9fff])")


def is_furniture(line: str) -> bool:
    """Is this line part of the page rather than of the document?"""
    if len(line) <= MAX_MAYBE and not line.endswith(("。", ";")) and not line.startswith(ITEM) and MAYBE.search(line):
        return True
    return len(line) <= MAX_FURNITURE and FURNITURE.search(line) is not None


def ends_document(line: str) -> bool:
    """Does the page end the document here?"""
    return len(line) <= MAX_FURNITURE and LAST.search(line) is not None


def repairs_in(view: View) -> list[Repair]:
    """Damage inside the text that is mended for understanding, in order of place."""
    found = list(view.repairs)
    for pattern, repaired, why, sure in WRECKS:
        for match in pattern.finditer(view.text):
            start, end = view.span(*match.span())
            found.append(Repair(start, end, view.source[start:end], repaired, why, sure))
    return sorted(found, key=lambda item: (item.start, item.end))
