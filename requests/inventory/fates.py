"""What becomes of each field of this app."""

from primevox_privacy.fates import Blank, Gone, Keep

FATE = {
    "Edition.*": Keep("who changed the inventory, when and why; about no requester"),
    "Fact.*": Keep("what is held in general; about nobody"),
    "Checklist.*": Keep("that systems were searched, when, and by which version"),
    "Checklist.search_for": Blank("content"),
    "Task.*": Keep("which system was searched by whom and when, and what came of it"),
    "Task.note": Blank("content"),
    "Task.blacked_out": Blank("content"),
    "Finding.*": Gone("package"),
    "System.*": Keep("which systems there are, and who of the staff owns them"),
}
