"""What a change of this project has to bring along: rules over a change, each saying what lacks and the mend."""
