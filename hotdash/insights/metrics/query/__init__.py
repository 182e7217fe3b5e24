"""One function answers every door: metrics, split and filtered, over days, beside what they are compared with."""
