"""How many threads BLAS uses, and the one routine of it that NumPy does not offer.

Our matrix products are so small that a second thread costs more than it gains, and where other
processes run it costs orders of magnitude. One thread is the fastest, and makes sums
repeatable bit for bit.

SciPy is loaded when it is needed: it takes longer than all else that the app starts with.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy.typing as npt
from threadpoolctl import ThreadpoolController

_lock = threading.Lock()
_entered = 0
_limit: AbstractContextManager[object] | None = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside the `with` block, matrix products in this process use one thread.

    Several threads may be inside at once, in any order: the first to enter sets the limit, the
    last to leave lifts it.
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


def add_scaled(dtype: npt.DTypeLike) -> Callable[..., object]:
    """The function f(x, y, a=a): y += a * x in one pass, where NumPy would need two."""
    from scipy.linalg.blas import get_blas_funcs

    axpy: Callable[..., object] = get_blas_funcs("axpy", dtype=dtype)
    return axpy


@functools.cache
def _controller() -> ThreadpoolController:
    import scipy.linalg.blas  # noqa: F401  both BLAS libraries must be loaded to be found

    return ThreadpoolController()  # searches the loaded libraries: some milliseconds
