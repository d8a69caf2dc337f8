DATE_WITH_WEEKDAY = r"l j \d\e F \d\e Y"
DATETIME_FORMAT = DATETIME_WITH_WEEKDAY = r"l j \d\e F \d\e Y, H:i"
SHORT_DAY = "D j b"
DATE_FORMAT = r"j \d\e F \d\e Y"
