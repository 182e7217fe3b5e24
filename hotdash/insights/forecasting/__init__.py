"""What comes: each series by the method that erred least on its own past, with ranges that are measured."""
