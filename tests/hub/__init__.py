"""The tests of the hub, room by room."""
