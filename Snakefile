# The workflow itself is in workflow/Snakefile. An included rule is never the default target,
# hence this one.
include: "workflow/Snakefile"


rule default:
    default_target: True
    input:
        rules.all.input,
