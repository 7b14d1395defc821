"""A list number as Word prints it: Chinese, circled, Roman and other forms."""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"
LEGAL = str.maketrans("〇零一二三四五六七八九十百千", "零零壹贰叁肆伍陆柒捌玖拾佰仟")
COUNTING = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "koreanCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
DIGITAL = {"ideographDigital", "japaneseDigitalTenThousand", "koreanDigital", "taiwaneseDigital"}
CAPITAL = {"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"}
SERIES = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
}
FULL_WIDTH = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


def printed(number: int, form: str) -> str:
    """A list number in one of Word's forms; a form or number outside its series is an Arabic number, as in Word."""
    if form in COUNTING:
        return chinese(number)
    if form in CAPITAL:
        return chinese(number, full=True).translate(LEGAL)
    if form in DIGITAL:
        return "".join(DIGITS[int(digit)] for digit in str(number)) if number >= 0 else str(number)
    if form in SERIES and 1 <= number <= len(SERIES[form]):
        return SERIES[form][number - 1]
    if form in ("lowerLetter", "upperLetter") and number > 0:
        # after z comes aa, then bb: Word repeats the letter
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman"):
        return roman(number) if form == "upperRoman" else roman(number).lower()
    if form == "decimalZero":
        return f"{number:02d}"
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return str(number).translate(FULL_WIDTH)
    return f"- {number} -" if form == "numberInDash" else str(number)


def chinese(number: int, *, full: bool = False) -> str:
    """1–9999 in Chinese numerals, others in Arabic ones: 12 → 十二, 105 → 一百零五; ``full`` writes 一十二."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for place, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + sign
            gap = False
        elif text:
            gap = True
    return text[1:] if 10 <= number < 20 and not full else text


def roman(number: int) -> str:
    """A Roman numeral; numbers that no list reaches stay Arabic."""
    if not 0 < number < 1000:
        return str(number)
    steps = ((900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
    text = ""
    for value, sign in (*steps, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, number = divmod(number, value)
        text += sign * count
    return text
