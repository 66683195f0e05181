"""The Matrix edge: the only place that knows matrix-nio, its faults and the ways around them."""
