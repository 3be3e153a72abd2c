#!/bin/sh
# Install TwinScreen with all packages of requirements.lock into an empty folder: what both
# container recipes do, and what may be done without a container.
#
#     sh workflow/container/install.sh /opt/twinscreen
#
# It needs Python 3.11 to 3.13 with venv, and the package index that pip is told of. Packages are
# checked by their hashes; the package itself is copied, so that the clone may go afterwards.
# Further arguments are those of `.ci/environment.py install`; PYTHON names another Python.
set -eu
prefix=$1
shift
source=$(cd "$(dirname "$0")/../.." && pwd)

"${PYTHON:-python3}" "$source/.ci/environment.py" install "$prefix" "$@"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for part in src workflow pyproject.toml requirements.lock setup.py README.md LICENSE; do
    cp -R "$source/$part" "$scratch/"
done
"$prefix/bin/python" -m pip install -q --disable-pip-version-check --no-deps \
    --no-build-isolation "$scratch"

# Nothing of the caller's environment is needed from here on. Machine code is made once, here: jobs
# in a container could not keep it.
cd /
env -i "$prefix/bin/twinscreen" --version
case " $* " in
*" --uncompiled "*) ;;
*) env -i "$prefix/bin/twinscreen" compile ;;
esac
env -i PATH="$prefix/bin:/usr/bin:/bin" snakemake --version
