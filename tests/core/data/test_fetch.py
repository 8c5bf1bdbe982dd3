"""Fetching the original's data, from a server on this machine."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from tests.support.hostile_files import TERABYTE, MakePipe, fill_up
from tests.support.known_answers import REFERENCE, Original
from wordnet_tui.core.data.fetch import FILES, fetch_corpus
from wordnet_tui.core.data.load import load_dataset
from wordnet_tui.core.errors import DownloadError


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder at an address of this machine."""
    with HTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def repository(original: Original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of both corpora, laid out as in the original's repository.

    Those of the golden set have checksums of their own, which are expected instead.
    """
    is_golden = original.folder != REFERENCE
    checksums: dict[str, dict[str, str]] = {}
    for corpus, files in FILES.items():
        for path in files:
            target = tmp_path / "repository" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            ours = {} if is_golden else {"train_data.csv": "train_data_original_order.csv"}
            shutil.copyfile(original.folder / ours.get(target.name, target.name), target)
            digest = hashlib.sha256(target.read_bytes()).hexdigest()
            checksums.setdefault(corpus, {})[path] = digest
    if is_golden:
        monkeypatch.setattr("wordnet_tui.core.data.fetch.FILES", checksums)
    return tmp_path / "repository"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_files_are_fetched_and_the_training_rows_rebuilt(
    repository: Path, data: Path, original: Original, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(repository) as address:
        folder = fetch_corpus("reference", f"{address}/")
    assert [path.name for path in data.iterdir()] == ["reference"]
    assert folder == data / "reference"
    dataset, expected = load_dataset("reference"), load_dataset(original.folder)
    assert dataset.name == "reference"
    assert dataset.vocabulary == expected.vocabulary
    np.testing.assert_array_equal(dataset.test, expected.test)
    np.testing.assert_array_equal(dataset.validation, expected.validation)

    def as_multiset(rows: np.ndarray) -> np.ndarray:
        return np.sort(rows.astype(np.int64) @ (250 ** np.arange(4)))

    np.testing.assert_array_equal(
        as_multiset(dataset.training), as_multiset(expected.training)
    )
    # Shuffled: neighbours begin with the same word about as often as two rows drawn by chance.
    first_words = dataset.training[:, 0].astype(int)
    by_chance = ((np.bincount(first_words) / len(first_words)) ** 2).sum()
    assert (np.diff(first_words) == 0).mean() < 1.5 * by_chance
    assert capfd.readouterr() == ("", "")
    # Once complete, it needs no server.
    assert fetch_corpus("reference", address) == folder


def test_the_original_s_rows_keep_its_order_and_those_of_reference_stay_as_they_were(
    repository: Path, data: Path, original: Original
) -> None:
    with served(repository) as address:
        folder = fetch_corpus("original", address)
        fetch_corpus("reference", address)
    assert folder == data / "original"
    assert sorted(path.name for path in data.iterdir()) == ["original", "reference"]
    in_order, rebuilt = load_dataset("original"), load_dataset("reference")
    file = repository / "src" / "data" / "train_data.csv"
    given = np.loadtxt(file, np.int64, delimiter=",", max_rows=500)
    np.testing.assert_array_equal(in_order.training[:500] + 1, given)
    assert in_order.rows == rebuilt.rows == original.rows
    np.testing.assert_array_equal(in_order.test, rebuilt.test)
    assert in_order.fingerprint != rebuilt.fingerprint
    if original.folder == REFERENCE:  # networks and runs of earlier versions name this one
        assert rebuilt.fingerprint == (
            "f3225beee61cb19e81c51131c510a596bde220146b10d7b653c33f50cec769a6"
        )
    # Once complete, it needs no server.
    assert fetch_corpus("original", address) == folder


def test_a_folder_that_was_tampered_with_is_fetched_again(
    repository: Path, data: Path
) -> None:
    (data / "reference").mkdir(parents=True)
    (data / "reference" / "train_data.csv").write_text("1,2,3,4\n")
    (data / "reference" / "vocab.txt").write_text("a\nb\n")
    with served(repository) as address:
        folder = fetch_corpus("reference", address)
    assert (folder / "vocab.txt").read_bytes() == (
        repository / "src" / "data" / "vocab.txt"
    ).read_bytes()
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["train_data.csv", *(Path(path).name for path in FILES["reference"])]
    )


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, files in FILES.items() for path in files]
)
def test_a_file_with_other_bytes_is_refused(
    name: str, path: str, repository: Path, data: Path
) -> None:
    with (repository / path).open("ab") as file:
        file.write(b"x")
    with served(repository) as address, pytest.raises(DownloadError) as caught:
        fetch_corpus(name, address)
    assert f"{address}/{path} is not the file expected" in str(caught.value)
    assert not list(data.iterdir())


def test_a_file_that_is_not_served_is_named(repository: Path, data: Path) -> None:
    (repository / "src" / "data" / "vocab.txt").unlink()
    with served(repository) as address, pytest.raises(DownloadError) as caught:
        fetch_corpus("reference", address)
    assert str(caught.value).endswith("vocab.txt cannot be fetched: the server answered 404")
    assert not list(data.iterdir())


def test_without_a_network_one_sentence_says_so(
    tmp_path: Path, data: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path) as address:
        pass  # now nobody listens there
    with pytest.raises(
        DownloadError, match=r"no connection to 127\.0\.0\.1; is there a network"
    ):
        fetch_corpus("reference", address)
    assert not list(data.iterdir())
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("Content-Length", "5000"), "only 1,200 of 5,000 bytes came; try again"),
        (
            ("Transfer-Encoding", "chunked"),
            "the connection broke off before all of it came; try again",
        ),
    ],
)
def test_a_download_that_breaks_off_says_how_much_came(
    header: tuple[str, str],
    reason: str,
    tmp_path: Path,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer_in_part(self: QuietHandler) -> None:
        self.send_response(200)
        self.send_header(*header)
        self.end_headers()
        self.wfile.write(b"4b0\r\n" * (header[1] == "chunked") + b"x" * 1_200)

    monkeypatch.setattr(QuietHandler, "do_GET", answer_in_part)
    with served(tmp_path) as address, pytest.raises(DownloadError) as caught:
        fetch_corpus("reference", address)
    assert str(caught.value).endswith(f"raw_sentences.txt cannot be fetched: {reason}")
    assert not list(data.iterdir())


def test_what_lies_in_the_place_of_a_fetched_file_is_not_waited_for(
    repository: Path, make_pipe: MakePipe
) -> None:
    with served(repository) as address:
        folder = fetch_corpus("original", address)
        for lie in (make_pipe, fill_up):
            (folder / "vocab.txt").unlink()
            lie(folder / "vocab.txt")
            fetch_corpus("original", address)
            assert (folder / "vocab.txt").is_file()
            assert (folder / "vocab.txt").stat().st_size < TERABYTE


def test_a_data_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("WORDNET_TUI_DATA", str(blocked))
    with pytest.raises(DownloadError, match=r"cannot write .*a file.reference: "):
        fetch_corpus("reference", "http://127.0.0.1:9")
