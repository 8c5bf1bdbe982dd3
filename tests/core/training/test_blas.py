"""Holding the matrix products to one thread."""

from __future__ import annotations

from threadpoolctl import threadpool_info

from wordnet_tui.core.training.blas import one_blas_thread


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_inside_there_is_one_thread_and_outside_as_many_as_before() -> None:
    before = threads()
    with one_blas_thread():
        assert threads() == {1}
    assert threads() == before


def test_it_holds_until_the_last_one_leaves_in_whatever_order() -> None:
    before = threads()
    first, second = one_blas_thread(), one_blas_thread()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert threads() == {1}
    second.__exit__(None, None, None)
    assert threads() == before
