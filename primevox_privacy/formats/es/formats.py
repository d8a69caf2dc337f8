DATE_WITH_WEEKDAY = r"l j \d\e F \d\e Y"
