"""The parts that the students of a made-up class play: able, mistaken, hostile."""
