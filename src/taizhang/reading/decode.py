"""Bytes of a Chinese text file become characters."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from taizhang.kernel.errors import Problem
from taizhang.reading.mojibake import untangled
from taizhang.reading.view import simplify

# The commonest characters of official prose. A wrong decoding hardly ever hits them: it lands among rare ones.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要时来用们生到作地于出就分对成会可主发年动同工也能下过子产种面方后多定行学法所民"
    "得经十三之进等部度家力化高自二理起小现实加量都体制机当使点从业本性好应开合还因由其些前外天政四日社义事平相全表间与关"
    "各重新线内数正心明原利比或质第向道变条结解问意建月公无系情者最立代已通并提题党程展五果员革位入常文总次品式活设及管特件"
    "长求基资路级少统接较将组计别手期根论农指区强放决做必先任取处队保治规领导增交受联认六共权收证改清单切教带安场务具万每"
    "目至达示议报完类名确科信节整今集传步群广记需段研观织装持书布复须际验深难周委素技备半办省列习支团市除消构府准精值号率"
    "划选标效院查型按格置派层状育识适属包调满县局照参细引严,。、;:"
)
CONTROLS = frozenset(range(32)) - {9, 10, 11, 12, 13, 26, 27}
SAMPLE = 200_000


VIA = ", transcoded"
"""Ends the encoding of a file that an earlier program had decoded with the wrong code page and stored like that."""


def decode(data: bytes, name: str = "") -> tuple[str, str]:
    """Text and encoding of a file's bytes; a text that is mojibake from end to end is put right here."""
    text, encoding = _decode(data, name)
    right = untangled(text)
    return (text, encoding) if right is None else (right, encoding + VIA)


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """The encoding that the bytes have.

    Order: byte order mark, strict UTF-8, UTF-16 without a mark, then the better of GB18030 and Big5, then a guess.
    A UTF-8 mark stays in the text, so that offsets are those of ``open(..., encoding="utf-8", newline="")``.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding
    if b"\0" in data[:SAMPLE]:
        return _wide(data, name)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(data, name)
    _refuse_binary(data, name)
    return text, "utf-8"


def _wide(data: bytes, name: str) -> tuple[str, str]:
    """UTF-16 whose mark is missing: the better of both orders, if it reads like Chinese or plain English."""
    candidates = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = data[: len(data) // 2 * 2].decode(encoding, errors="replace")
        candidates.append((plausibility(text), encoding, text))
    score, encoding, text = max(candidates)
    if score < 0.2 or "\0" in text[:SAMPLE]:
        raise _binary(name)
    return text, encoding


def _legacy(data: bytes, name: str) -> tuple[str, str]:
    _refuse_binary(data, name)
    candidates = []
    for encoding in ("gb18030", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((plausibility(text), encoding == "gb18030", encoding, text))
    if candidates:
        score, _, encoding, text = max(candidates)
        if score >= 0.1:
            return text, encoding
    guess = from_bytes(data[:SAMPLE]).best()
    if guess is not None:
        return data.decode(guess.encoding, errors="replace"), guess.encoding
    for encoding in ("utf-8", "gb18030"):  # a damaged file: what can be read is worth more than nothing
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") * 20 < len(text):
            return text, encoding
    raise _binary(name)


def plausibility(text: str) -> float:
    """Share of a text's characters that are common in Chinese prose or plain ASCII, between 0 and 1."""
    sample = simplify(text[:20_000])
    seen = [character for character in sample if not character.isspace()]
    if not seen:
        return 0.0
    return sum(character in COMMON or "!" <= character <= "~" for character in seen) / len(seen)


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:SAMPLE]
    if sum(byte in CONTROLS for byte in sample) * 200 > len(sample):
        raise _binary(name)


def _binary(name: str) -> Problem:
    return Problem(
        "reading.binary",
        "这个文件不是文字文件，读不出文字",
        where=name,
        remedy="请提供 docx、pdf、html、txt、xlsx 等文稿原件",
    )
