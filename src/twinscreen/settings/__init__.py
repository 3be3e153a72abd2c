"""Every option of the configuration once: its name, type, limits, default and meaning.

One class is one section of the configuration. The JSON schema, the table in config/README.md, the
flags of the verbs and the files that the workflow hands to its jobs are made from these classes;
computations take them as they are.
"""
