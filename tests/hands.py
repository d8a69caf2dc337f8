"""How somebody works a page: with a mouse or thumb, or with nothing but the keys of a keyboard."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from playwright.sync_api import FilePayload, Locator

FURTHEST = 400  # presses of Tab, after which there is no way to it
ARRIVED = """one => {
    const here = document.activeElement;
    return here === one || (one.type === 'radio' && here.type === 'radio' && here.name === one.name);
}"""
IN_FOCUS = "one => one === document.activeElement"
IS_SELECT, IS_DATE = "one => one.tagName === 'SELECT'", "one => one.type === 'date'"
CHOSEN = "one => one.selectedOptions[0].label.trim()"
IS_RADIO = "one => one.type === 'radio'"


class Mouse:
    def press(self, to: Locator) -> None:
        to.click()

    def answer(self, control: Locator, answer: Any) -> None:
        """True ticks, text is typed or, from a list, chosen."""
        if answer is True:
            control.check()
        elif answer is False:
            control.uncheck()
        elif control.evaluate(IS_SELECT):
            control.select_option(label=answer)
        else:
            control.fill(answer)

    def choose_files(self, control: Locator, files: Sequence[FilePayload]) -> None:
        control.set_input_files(files)


class Keyboard(Mouse):
    """Tab goes to it, Enter presses it, Space ticks it, arrows choose among several."""

    def press(self, to: Locator) -> None:
        self._comes_to(to)
        to.page.keyboard.press("Enter")

    def answer(self, control: Locator, answer: Any) -> None:
        self._comes_to(control)
        if isinstance(answer, bool):
            self._ticks(control, answer)
        elif control.evaluate(IS_SELECT):
            self._picks(control, answer)
        elif control.evaluate(IS_DATE):
            control.page.keyboard.type(f"{date.fromisoformat(answer):%m%d%Y}")
        else:
            control.page.keyboard.press("Control+A")
            control.page.keyboard.press("Delete")
            control.page.keyboard.insert_text(answer)

    def choose_files(self, control: Locator, files: Sequence[FilePayload]) -> None:
        """The window in which files are chosen is the system's."""
        self._comes_to(control)
        with control.page.expect_file_chooser() as opening:
            control.page.keyboard.press("Enter")
        opening.value.set_files(files)

    def _comes_to(self, control: Locator) -> None:
        for _ in range(FURTHEST):
            if control.evaluate(ARRIVED):
                return
            control.page.keyboard.press("Tab")
        raise AssertionError(f"{control} cannot be reached with the Tab key")

    def _ticks(self, control: Locator, wanted: bool) -> None:
        if control.evaluate(IS_RADIO):
            while not control.evaluate(IN_FOCUS):
                control.page.keyboard.press("ArrowDown")
        if control.is_checked() != wanted:
            control.page.keyboard.press("Space")
        assert control.is_checked() == wanted

    def _picks(self, control: Locator, label: str) -> None:
        control.page.keyboard.press("Home")
        last = ""
        while (chosen := control.evaluate(CHOSEN)) != label:
            assert chosen != last, f"{label!r} is not in the list"
            control.page.keyboard.press("ArrowDown")
            last = chosen
