"""What was made of what: the record of each job, and what follows from the records.

A job that ended well leaves a record in the output folder: what it was asked, the SHA-256 of what
it read and wrote, the code and the packages that did it. By the records the workflow decides what
is due, whoever moved, copied or touched the files since, and `twinscreen verify` checks them.
"""
