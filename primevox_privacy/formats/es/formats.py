DATE_WITH_WEEKDAY = r"l j \d\e F \d\e Y"
SHORT_DAY = "D j b Y"
DATE_FORMAT = r"j \d\e F \d\e Y"
