"""The hub: receive sealed deliveries, link persons, judge questions, and release aggregates only."""
