#!/usr/bin/env bash
# Makes VENV/bin/python-with-torch: the tests' Python, with torch from the wheel that libtorch comes from.
#
# Python's torch loads libtorch_cuda, which insists on CUDA libraries of several GB that a CPU never calls. Empty
# libraries of the same names satisfy the loader, as long as it binds lazily.
#
#   python-with-torch.sh VENV LIBTORCH
set -euo pipefail
venv=$1 libtorch=$2
stubs=$venv/stubs
mkdir -p "$stubs"
for library in $(LD_LIBRARY_PATH= ldd "$libtorch/lib/libtorch_cuda.so" | awk '/not found/ {print $1}' | sort -u); do
    echo | gcc -shared -nostdlib -fPIC -x c - -o "$stubs/$library" -Wl,-soname,"$library"
done
cat >"$venv/bin/python-with-torch" <<WRAPPER
#!/bin/sh
export LD_LIBRARY_PATH=$stubs TORCH_USE_RTLD_GLOBAL=1 PYTHONPATH=$(realpath "$libtorch/..")
exec $venv/bin/python "\$@"
WRAPPER
chmod +x "$venv/bin/python-with-torch"
