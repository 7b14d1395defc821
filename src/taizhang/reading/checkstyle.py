"""The look of the check page. Verdicts differ by shape (line, sign, weight) as well as by colour."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;font:16px/1.8 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:2px solid #444;padding-bottom:.2rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}
.counts{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin:.75rem 0;padding:0;list-style:none}
.counts b{font-size:1.3rem;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.92rem;line-height:1.6}th,td{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid #ccc;overflow-wrap:anywhere}
th{white-space:nowrap;border-bottom:1px solid #444}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
td.where{min-width:7em}td.what{min-width:13em}td.how{min-width:15em}td.say{min-width:7em}.file{min-width:8.5em;max-width:14em}
thead{display:table-header-group}tr{break-inside:avoid}
.text{font-family:"Noto Serif CJK SC","Source Han Serif SC","SimSun",serif;white-space:pre-wrap;overflow-wrap:anywhere}
.text>div{content-visibility:auto;contain-intrinsic-size:auto 60rem}
mark{position:relative;color:inherit;border-radius:2px;padding:0 1px;text-decoration-thickness:2px;text-underline-offset:3px}
mark:focus{outline:2px solid #1c4f9c;outline-offset:1px}
.ok{background:#dff3e0;text-decoration:underline solid #1b7f3b 1px}
mark.alarm{background:#fbd9d6;text-decoration:underline double #b3261e;font-weight:bold}
mark.note{background:#fdefc8;text-decoration:underline wavy #8a5a00}
mark.unread{background:#e8e8e8;text-decoration:underline dotted #555}
mark[data-why]:hover::after,mark[data-why]:focus::after{content:attr(data-why);position:absolute;left:0;top:1.9em;z-index:2;width:max-content;max-width:min(24rem,80vw);padding:.4rem .6rem;background:#222;color:#fff;font:normal .85rem/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;white-space:pre-wrap;border-radius:3px;text-decoration:none}
sup{font:normal .7rem/1 sans-serif;margin:0 1px}sup::before{content:none}sup a::before{content:attr(aria-label)}sup a{text-decoration:none}
.tag{display:inline-block;min-width:4.2em;text-align:center;border:1px solid;padding:0 .4em;border-radius:3px;font-weight:bold;white-space:nowrap}
.tag.alarm{color:#b3261e;border-width:2px}.tag.note{color:#8a5a00;border-style:dashed}.tag.ok{color:#1b7f3b}
.said{display:block;font-size:.9rem}
.legend{font-size:.9rem}.legend mark{margin-right:.3rem}.none{padding:.75rem;background:#eef7ee;border-left:4px solid #1b7f3b}
.small{font-size:.88rem;line-height:1.7}.small li{break-inside:avoid}.muted{color:#595959}
:target{outline:3px solid #1c4f9c;outline-offset:2px}
a{color:inherit}
@media(max-width:40rem){body{padding:.75rem}.wide thead{display:none}.wide tr{display:block;border-bottom:2px solid #999;padding:.4rem 0}.wide td{display:block;border:0;padding:.1rem 0;min-width:0}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}mark,.none,.tag{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{text-decoration:none}h2,h3{break-after:avoid}.text>div{content-visibility:visible}.scroll{overflow:visible}mark[data-why]:hover::after,mark[data-why]:focus::after{display:none}.document{break-before:page}}
@page{size:A4;margin:18mm 16mm;@bottom-center{content:counter(page) " / " counter(pages);font-size:9pt}}
"""
# A server that forbids inline styles can allow this one: style-src 'sha256-…'.
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
