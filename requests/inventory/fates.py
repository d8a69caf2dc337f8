"""What becomes of each field of this app."""

from primevox_privacy.fates import Keep

FATE = {
    "Edition.*": Keep("who changed the inventory, when and why; about no requester"),
    "Fact.*": Keep("what is held in general; about nobody"),
    "System.*": Keep("which systems there are, and who of the staff owns them"),
}
