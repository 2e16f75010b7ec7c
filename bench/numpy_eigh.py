"""Times LAPACK's dsyevd and dsterf through NumPy, on one thread: numpy_eigh.py DIRECTORY, as bench/lapack.ts runs it.

Answers one line of JSON for each line read: "start" with the versions and the LAPACK in use; "values N" with the eigenvalues of the
N x N doubles in DIRECTORY/N.bin; "time N vectors" or "time N values" with the milliseconds of one call.
"""
import os

for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

import json
import sys
import time

import numpy as np


def libraries():
    """The shared libraries of this process that can hold a LAPACK."""
    try:
        with open("/proc/self/maps") as maps:
            names = {os.path.basename(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return []
    return sorted(name for name in names if any(word in name.lower() for word in ("openblas", "lapack", "mkl")))


def milliseconds(function, a):
    start = time.perf_counter()
    function(a)
    return 1000 * (time.perf_counter() - start)


def main(directory):
    matrices = {}
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "start":
            answer = {"version": np.__version__, "libraries": libraries()}
        else:
            n = int(arguments[0])
            if n not in matrices:
                matrices[n] = np.fromfile(os.path.join(directory, f"{n}.bin")).reshape(n, n)
            if command == "values":
                answer = np.linalg.eigvalsh(matrices[n]).tolist()
            else:
                answer = milliseconds(np.linalg.eigh if arguments[1] == "vectors" else np.linalg.eigvalsh, matrices[n])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
