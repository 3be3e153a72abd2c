"""Names that look the same and are not: letters of another alphabet, and letters nobody sees.

A Cyrillic a (U+0430) in a name comes from a keyboard that was set to another language, or from a
text that was copied, and makes another name, which nobody can tell from the first.
"""

import unicodedata

#: Letters of other alphabets, by code point, as here nobody could tell them from the letters of
#: Latin that they look like. Greek alpha, beta, ... are written for themselves, and look like none.
_ALIKE = (
    ("\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422", "ABEKMHOPCT"),  # Cyrillic
    ("\u0425\u0405\u0406\u0408\u0423\u04ae\u051a\u051c", "XSIJYYQW"),  # Cyrillic
    ("\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458", "aeopcyxsij"),  # Cyrillic
    ("\u04bb\u051b\u051d\u0501\u0475\u04af\u04cf", "hqwdvyl"),  # Cyrillic
    ("\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f", "ABEZHIKMNO"),  # Greek
    ("\u03a1\u03a4\u03a5\u03a7", "PTYX"),  # Greek
    ("\u03bf", "o"),  # Greek
    ("\u0585\u057d\u0570\u0582", "ouhl"),  # Armenian
)
_LATIN = {ord(one): latin for odd, plain in _ALIKE for one, latin in zip(odd, plain, strict=True)}


def as_one(name: str) -> str:
    """Write a name with accents in one way and single blanks, which make no other name."""
    return name if name.isascii() else " ".join(unicodedata.normalize("NFC", name).split())


def as_seen(name: str) -> str:
    """Write a name as it looks: in Latin letters, without what nobody sees."""
    if name.isascii():
        return name
    shown = "".join(letter for letter in as_one(name) if unicodedata.category(letter) != "Cf")
    return shown.translate(_LATIN)


def strangers(name: str) -> str:
    """Give the letters of another alphabet in a name that looks Latin, "" where there is none.

    A name does so that has Latin letters and no other but those that look like some.
    """
    if name.isascii() or as_seen(name) == name:
        return ""
    found = [letter for letter in as_one(name) if ord(letter) in _LATIN]
    others = [letter for letter in name if letter.isalpha() and ord(letter) not in _LATIN]
    latin = [letter for letter in others if unicodedata.name(letter, "").startswith("LATIN")]
    return "".join(found) if latin and len(latin) == len(others) else ""


def by_letter(name: str) -> str:
    """Spell out what a name has beside plain letters, by code point, as in "U+0430 ..."."""
    odd = dict.fromkeys(letter for letter in name if not letter.isascii())
    told = [f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}" for letter in odd]
    return f"{name!r}" + (f" with {', '.join(told[:4])}" if told else " in plain letters")
