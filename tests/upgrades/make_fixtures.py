"""Make `written_by_COMMIT/`: what somebody who used the program at that commit leaves behind.

    git worktree add ../old ad74743
    .venv/bin/python tests/upgrades/make_fixtures.py ../old tests/upgrades/written_by_ad74743

The real program of the checkout does it all, from its command line and in its app. Nothing
that it wrote is touched afterwards, but that the branch gets the name "branched": users may
rename runs. Neither this file nor `stage.py` knows a module of the package: they serve older
and later checkouts too; Linux only. Whoever changes a format makes one more folder, with the
last commit before the change: the tests take all that there are.

    letters.txt       the corpus
    models/           letters.safetensors; the same as .bin, with its vocab.txt
    cache/datasets/   the corpus made ready: with words counted, and with words given
    data/runs/
      ended           trained to its end
      killed          the same training, killed by `kill -9` while mini-batches and a request
                      were not yet in its newest checkpoint
      paused          a fine-tuning, paused, then left by SIGTERM
      branched        branched off `ended` in the app, its rate halved, and copied while it was
                      paused: what is left where the machine is switched off then
    data/last-session.json    of the app
    undisturbed/      what the last two runs come to when nobody interrupts them
    answers.json      what the program says of its models and its corpus
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from safetensors import safe_open
from stage import App, HeldPipe, Program, ask, expect, go_to, standing, wait, wait_for

HOME = Path("/home/lea")
"""Where the user works: made for this, and removed again. Run folders name it for ever."""
LETTERS = HOME / "letters.txt"
MODEL = HOME / "models" / "letters.safetensors"
RUNS = HOME / "data" / "runs"
UNDISTURBED = HOME / "undisturbed"
FORGOTTEN = HOME / "forgotten"
"""What is no fixture."""

SUBJECTS = "The postman", "My sister", "Mr. Hale", "She", "He", "An old friend", "Zo\xeb"
VERBS = "brings", "doesn't read", "can't find", "writes", "sends"
OBJECTS = (
    "a letter",
    "a long letter",
    "the caf\xe9's bill",
    "3,000 stamps",
    "$5",
    "\u201cnews\u201d",
)
ENDS = "today.", "on the 3rd of May!", "at 10:30, as ever.", "-- or so he says ..."

SHAPE = ("--vocabulary-size", 30, "--embedding-size", 5, "--hidden-size", 7)
LEARN = (
    *("--data", LETTERS, *SHAPE, "--batch-size", 75, "--epochs", 6, "--validate-every", 2),
    *("--dtype", "float64", "--optimizer", "adam", "--learning-rate", 0.02),
    *("--schedule", "cosine", "--warmup-batches", 5, "--dropout", 0.2, "--seed", 7),
)
"""`ended` and `killed`."""
TUNE = (
    *("--data", LETTERS, "--epochs", 5, "--validate-every", 3),
    *("--optimizer", "nesterov", "--learning-rate", 0.2, "--weight-decay", 0.001),
    *("--embedding-dropout", 0.1, "--patience", 9, "--seed", 3),
)
"""`paused`; in float32, as the model that it goes on from."""
BRANCH = "epochs=8 learning_rate=0.01 dropout=0.1"
"""`branched`."""


def write_letters() -> None:
    """240 sentences that follow rules, and hold something of all that the tokenizer parts."""
    strides = {1: SUBJECTS, 3: VERBS, 5: OBJECTS, 7: ENDS}
    lines = [
        " ".join(
            words[(n * stride + n // 11) % len(words)] for stride, words in strides.items()
        )
        for n in range(240)
    ]
    LETTERS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_models(program: Program) -> None:
    """A network, the same for the original program, and its words."""
    MODEL.parent.mkdir()
    data = ("--data", LETTERS, *SHAPE, "--batch-size", 75, "--epochs", 2)
    program.run("train", MODEL, *data, "--runs", FORGOTTEN)
    program.run("convert", MODEL, MODEL.with_suffix(".bin"))
    with safe_open(MODEL, "numpy") as file:
        words = json.loads(file.metadata()["vocabulary"])
    vocab = MODEL.with_name("vocab.txt")
    vocab.write_text("\n".join(words) + "\n", encoding="utf-8")


def end_one(program: Program) -> None:
    """A run that comes to its end."""
    out = HOME / "ended.safetensors"
    program.run("train", out, *LEARN, "--run-folder", new_folder("ended"))


def branch_one(program: Program) -> None:
    """Branch off that, the only run, in the app; leave the app when the branch has ended."""
    app = App(
        program,
        *("--data", "letters.txt", "--model", "models/letters.safetensors"),
        *("--screen", "runs", "--theme", "light"),
        WORDNET_TUI_CACHE=str(FORGOTTEN),
    )
    app.until_shown("ended")
    app.press("b")
    app.until_shown("Enter begins")
    app.press(f"{BRANCH}\r")
    wait(lambda: list(RUNS.glob("*-*/requests")), "the branch begins")
    (folder,) = RUNS.glob("*-*")
    ask(folder, "pause")  # in time: the manifest and a checkpoint come first
    first = standing_at_end() + 1
    wait_for(folder, "paused", first)
    ask(folder, "scale_rate", 0.5)
    go_to(folder, first, first + 5)
    shutil.copytree(folder, RUNS / "branched")
    ask(folder, "resume")
    wait(lambda: not (folder / "owner.json").exists(), "the branch is put away")
    app.press("q")
    app.end()
    keep_networks(folder, "branched")


def kill_one(program: Program) -> None:
    """`kill -9` while it trains: held up in the midst by a pipe that nobody reads."""
    folder, out, pipe = new_folder("killed"), HOME / "killed.safetensors", HeldPipe(1_300)
    ask(folder, "pause")
    command = ("train", out, *LEARN, "--run-folder", folder)
    with program.start(*command, stdout=pipe.writer) as process:
        go_to(folder, 1, 14)
        ask(folder, "resume")
        wait(lambda: standing(folder)[1] > 20, "trained beyond the checkpoint")
        process.kill()
    pipe.let_go()
    state, _, checkpoint = standing(folder)
    expect((state, checkpoint) == ("training", 14), f"killed {state}, with {checkpoint}")
    ask(folder, "stop")  # by somebody who has not seen it yet


def leave_one(program: Program) -> None:
    """SIGTERM while it is paused; before that, the same without."""
    out = UNDISTURBED / "paused" / "out.safetensors"
    out.parent.mkdir()
    program.run("train", MODEL, out, *TUNE, "--run-folder", new_folder("tuned"))
    keep_networks(RUNS / "tuned", "paused")

    folder, out, pipe = new_folder("paused"), HOME / "paused.safetensors", HeldPipe(700)
    command = ("train", MODEL, out, *TUNE, "--run-folder", folder)
    with program.start(*command, stdout=pipe.writer) as process:
        wait(lambda: standing(folder)[:2] > ("training", 9), "held up in the midst")
        ask(folder, "pause")
        wait(lambda: standing(folder)[0] == "paused", "paused")
        pipe.let_go()
        wait(lambda: standing(folder)[1] == standing(folder)[2], "a checkpoint of there")
        process.send_signal(signal.SIGTERM)
    expect(process.returncode == 130, f"it was left with {process.returncode}")


def ask_of_models(program: Program) -> None:
    """What can be said of them, and of the corpus."""
    model, text = "models/letters.safetensors", "letters.txt"
    vocab = "--vocab", "models/vocab.txt"
    answers = {
        "info": program.answer("info", model),
        "info of .bin": program.answer("info", "models/letters.bin", *vocab),
        "predict": program.answer("predict", model, "she can't find"),
        "evaluate": program.answer("evaluate", model, "--data", text),
        "data info": program.answer("data", "info", text, *SHAPE[:2], "--seed", 7),
    }
    (HOME / "answers.json").write_text(json.dumps(answers, indent=1) + "\n")


def standing_at_end() -> int:
    """The last mini-batch of `ended`."""
    return standing(RUNS / "ended")[1]


def new_folder(name: str) -> Path:
    """An empty folder for a run."""
    folder = RUNS / name
    (folder / "requests").mkdir(parents=True)
    return folder


def keep_networks(folder: Path, name: str) -> None:
    """Only those of a run."""
    to = UNDISTURBED / name
    to.mkdir(exist_ok=True)
    for network in ("last.safetensors", "best.safetensors"):
        (folder / network).rename(to / network)
    shutil.rmtree(folder)


def main() -> None:
    """Make everything, and take it where it is asked for."""
    if len(sys.argv) != 3:
        raise SystemExit("usage: make_fixtures.py CHECKOUT TARGET")
    checkout, target = map(Path, sys.argv[1:])
    expect((checkout / "wordnet_tui").is_dir(), f"no wordnet_tui lies in {checkout}")
    expect(not target.exists(), f"{target} is there already")
    UNDISTURBED.mkdir(parents=True)
    try:
        with tempfile.TemporaryDirectory() as place:
            program = Program(checkout, Path(place), HOME)
            write_letters()
            make_models(program)
            end_one(program)
            branch_one(program)
            kill_one(program)
            leave_one(program)
            ask_of_models(program)
        shutil.rmtree(FORGOTTEN)
        shutil.copytree(HOME, target, ignore=shutil.ignore_patterns("*.log"))
    finally:
        shutil.rmtree(HOME)


if __name__ == "__main__":
    main()
