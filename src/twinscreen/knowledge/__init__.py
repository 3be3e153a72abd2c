"""What is known of every human: one reader per public source, one harmonised table per kind.

`sources` takes a pinned file out of a pinned distribution; `genes`, `interactome`, `drugs` and
`ligand_receptor` each turn one such file into the tables that every later stage reads.
"""
