"""How many threads the matrix products use.

Products as small as ours lose more by handing work to a second thread than they gain, and
where anything else runs beside them they lose by orders of magnitude. One thread is the
fastest, and makes sums repeatable bit for bit.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import scipy.linalg.blas  # noqa: F401  both BLAS libraries must be loaded to be found
from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_entered = 0
_limit: AbstractContextManager[object] | None = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """While anybody is inside, matrix products in this process use one thread.

    Several may be inside at once, in any order of coming and going: the first one in sets the
    limit, the last one out lifts it.
    """
    global _entered, _limit
    with _lock:
        if _entered == 0:
            _limit = _controller().limit(limits=1, user_api="blas")
            _limit.__enter__()
        _entered += 1
    try:
        yield
    finally:
        with _lock:
            _entered -= 1
            if _entered == 0 and _limit is not None:
                _limit.__exit__(None, None, None)
                _limit = None


@functools.cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # looks through the loaded libraries: some milliseconds
