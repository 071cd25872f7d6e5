"""Performance, as ratios to a floor that is measured in the same run: absolute numbers say more of the machine."""
