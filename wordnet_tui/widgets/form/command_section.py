"""The part of the form that shows its set-up as a command line and takes one back."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wordnet_tui.core.errors import HyperparameterError, printable
from wordnet_tui.runs.train_command import CommandSettings, from_command
from wordnet_tui.widgets.form.field import WRONG, Explained, FormField, FormInput
from wordnet_tui.widgets.form.section import FormSection


class CommandLine(Explained, Static, can_focus=True):
    """The line, as long as it is."""

    help_line = "this line in a shell repeats the set-up exactly; F6 copies it"

    def __init__(self) -> None:
        super().__init__(markup=False, classes="command")

    def show(self, text: str) -> None:
        """Show a line; the form is laid out anew only if it has another number of rows."""
        self.update(text, layout=False)
        self.clear_cached_dimensions()
        size = self.size
        if not size or self.get_content_height(size, size, size.width) != size.height:
            self.refresh(layout=True)


class PasteField(FormField):
    """Where a line is typed or pasted."""

    help_line = (
        "paste a wordnet-tui train line here, or into any other field, and it fills the form"
    )

    label_cells = 7

    def __init__(self) -> None:
        super().__init__("paste", FormInput(placeholder="wordnet-tui train …"))
        self.add_class("paste")


class CommandSection(FormSection):
    """The line of the set-up over the field for another one, and what is wrong with that."""

    @dataclass
    class Read(Message):
        """A line was pasted, and there is nothing wrong with it."""

        settings: CommandSettings

    def __init__(self) -> None:
        self._line = CommandLine()
        self.paste = PasteField()
        self._problem = Static(markup=False, classes="paste-problem")
        self._problem.display = False
        super().__init__("as a command", [self._line, self.paste, self._problem])
        self.heading.note = "F6 copies it"

    def show(self, command: str) -> None:
        """Show a line; empty while the form holds something wrong."""
        text = printable(command) or "it appears here once all is right"
        if text != self._line.content:
            self._line.show(text)

    def read(self, text: str) -> None:
        """Take a line, or keep it to be mended, with what is wrong beneath it."""
        if self.paste.disabled:
            self.notify("the settings are locked during a run", severity="warning")
            return
        try:
            settings = from_command(text)
        except HyperparameterError as error:
            self._refuse(text, str(error))
        else:
            self.paste.set_text("")
            self._problem.display = False
            self.post_message(self.Read(settings))

    def _refuse(self, text: str, problem: str) -> None:
        self.unfold()
        self.paste.set_text(printable(" ".join(text.splitlines())))
        self._problem.update(Content(f"{WRONG} {problem}"))
        self._problem.display = True
        self.paste.editor.focus()
        self.call_after_refresh(self._problem.scroll_visible, animate=False)

    @on(FormField.Entered)
    def _on_entered(self, event: FormField.Entered) -> None:
        event.stop()
        if event.by_key and event.field.text.strip():
            self.read(event.field.text)
