"""Characters that were decoded with the wrong code page, and how to get the right ones back.

Three accidents are common: UTF-8 shown as Western European (``ä¸­æ–‡``), UTF-8 shown as GBK (``涓浗``), and GBK shown
as Western European (``ÖÐ¹ú``). All can be undone as long as no byte was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WESTERN = {bytes([code]).decode("cp1252", errors="ignore") or chr(code): code for code in range(0x80, 0x100)}
_WESTERN |= {chr(code): code for code in range(0x80, 0xA0)}
_TAIL = "[" + "".join(re.escape(sign) for sign, code in _WESTERN.items() if code < 0xC0) + "]"
# One CJK character is three bytes; the no-break space is two.
AS_WESTERN = re.compile(rf"(?:[ã-ï]{_TAIL}{{2}}|Â\xa0)+")
GBK_AS_WESTERN = re.compile(r"[\xa1-\xfe]{4,}")
_LEADS = {
    bytes([first, second]).decode("gb18030", errors="ignore")
    for first in range(0xE3, 0xEA)
    for second in range(0x80, 0xC0)
} - {""}
AS_GBK = re.compile(f"[{''.join(sorted(_LEADS))}][^\x00-\x7f\ufffd]*[?\ufffd]?")
LOST = re.compile(r"(?:锟斤拷|锟斤|斤拷锟)+(?:锟斤|锟)?|(?:烫烫|屯屯)[烫屯]*")
"""What is left where bytes were replaced before the second accident: nothing can bring them back."""
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef\u2014-\u2026\u00a0\u00b7A-Za-z0-9]+")
GAP = "□"


def tangles(text: str) -> Iterator[tuple[int, int, str, float]]:
    """Stretches in the wrong code page: start, end, the right characters, and how sure that is (0 to 1)."""
    for found in AS_WESTERN.finditer(text):
        mended = bytes(_WESTERN[sign] for sign in found[0]).decode("utf-8", errors="replace")
        if CHINESE.fullmatch(mended):
            yield *found.span(), mended.replace("\xa0", " "), 0.98
    for found in GBK_AS_WESTERN.finditer(text):
        mended = found[0].encode("latin-1").decode("gb2312", errors="replace")
        if CHINESE.fullmatch(mended):
            yield *found.span(), mended, 0.9
    for found in AS_GBK.finditer(text):
        yield from _from_gbk(found)


def _from_gbk(found: re.Match[str]) -> Iterator[tuple[int, int, str, float]]:
    """UTF-8 shown as GBK. Real prose is never valid UTF-8 when it is written in GBK, so strict success proves it."""
    run = found[0]
    lost = run.endswith(("?", "\ufffd"))
    data, bounds = b"", [0]
    for sign in run.rstrip("?\ufffd"):
        data += b"\x80" if sign == "€" else sign.encode("gb18030")
        bounds.append(len(data))
    try:
        mended, used = data.decode("utf-8"), len(data)
    except UnicodeDecodeError as error:
        mended, used = data[: error.start].decode("utf-8"), error.start
    rest = data[used:]
    torn = len(rest) in (1, 2) and 0xE3 <= rest[0] <= 0xEF and all(0x80 <= byte < 0xC0 for byte in rest[1:])
    if torn or (lost and 0 < len(rest) <= 2):  # the last byte of an odd number had no partner
        mended, length, sure = mended + GAP, len(run), 0.8
    else:
        while used not in bounds:  # what follows is sound, and the last character took half of it
            mended = mended[:-1]
            used = len(mended.encode())
        length, sure = bounds.index(used), 0.95
    known = mended.replace(GAP, "")
    # 鍋爐 is a boiler in traditional characters, and by chance one character and a letter.
    if sum(sign > "\x7f" for sign in known) >= 2 and CHINESE.fullmatch(known):
        yield found.start(), found.start() + length, mended, sure


def untangled(text: str) -> str | None:
    """The right text of a file that is in the wrong code page from end to end; None for any other text."""
    head = text[:20_000]
    strange = sum(sign > "\x7f" for sign in head)
    found = list(tangles(head)) if strange else []
    if sum(end - start for start, end, _, _ in found) * 10 < 6 * max(strange, 1):
        return None
    pieces: list[str] = []
    place = 0
    for start, end, mended, _ in sorted(tangles(text), key=lambda item: (item[0], -item[1])):
        if start >= place:
            pieces += (text[place:start], mended)
            place = end
    return "".join([*pieces, text[place:]])
