"""What becomes of each field of this app."""

from primevox_privacy.fates import Keep

FATE = {"Sweep.*": Keep("names of tasks and times")}
