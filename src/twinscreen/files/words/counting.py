"""Things counted in words, the one and the several."""


def plural(count: float, noun: str, nouns: str = "") -> str:
    """Count things: "1 sample", "2 samples".

    Examples
    --------
    >>> plural(1, "cell"), plural(2_000, "cell"), plural(2, "diagnosis", "diagnoses")
    ('1 cell', '2,000 cells', '2 diagnoses')
    """
    return f"{round(count):,} {noun if count == 1 else nouns or noun + 's'}"
