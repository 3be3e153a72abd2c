"""Official releases of knowledge: fetched from the databases themselves, and read into tables.

`registry` lists them, `cache` and `download` fetch them, and each has a reader in one of the rooms
beside. `readers` names the readers; `tables` says what they yield.
"""
